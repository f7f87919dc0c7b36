//! Examples for the set `http`.

use super::super::case::{Case, text, token};

/// One per rule, in the order of the file.
pub(super) const CASES: &[Case] = &[
    token(
        "json-web-token",
        &["eyJ{a30}.eyJ{w80}.{w43}", "eyJ{a30}.eyJ{w80}", "eyJ{a40}.{w86}.{w16}.{w60}.{w22}"],
    ),
    token("json-web-token-base64", &["ZXlK{a160}"]),
    text(
        "authorization-digest",
        &[
            r#"Authorization: Digest username="a", realm="r", uri="/", response="«{h32}»""#,
            r#"Proxy-Authorization: Digest username="a",response="«{h64}»",qop=auth"#,
            r#"authorization: digest username="u", nc=1, response=«{h32}»"#,
        ],
    )
    .stays(&["digest auth", r#"Digest realm="x""#, "digest response=none"]),
    text(
        "cookie-file-line",
        &[
            "h.example\tFALSE\t/\tTRUE\t1740270636\tsessionid\t«{z32}»",
            ".h.example\tTRUE\t/app\tFALSE\t0\tsid\t«{a26}»",
            "#HttpOnly_h.example\tFALSE\t/\tTRUE\t1\tauth\t«{w40}»\n",
        ],
    )
    .stays(&["h.example\tFALSE\t/\tTRUE\t1740270636\ttheme\tdark", "TRUE\t/", "a\tTRUE\tb"]),
    text(
        "curl-cookie-option",
        &[
            "curl -b '_session=«{a40}%3D»' https://h.example/x -o x",
            "curl -sS --cookie \"theme=dark; sid=«{a26}»\" https://h.example/",
            "curl https://h.example/ -b sessionid=«{a32}»",
        ],
    )
    .stays(&[
        "curl -b cookies.txt https://h.example/",
        "curl -b 'theme=dark' https://h.example/",
        "curl -b \"sid=$SID\" https://h.example/",
    ]),
    text(
        "authorization-hawk",
        &[
            r#"Authorization: Hawk id="a", ts="1", nonce="n", mac="«{b43}=»""#,
            r#"Hawk id="a", mac="«{b43}=»""#,
            r#"curl -H 'Authorization: Hawk id="x", ts="1", nonce="k", mac="«{b43}=»"' u"#,
        ],
    )
    .stays(&[r#"Hawk id="a", mac="""#, "hawk and dove", "a Hawk scheme has a mac"]),
    text(
        "oauth1-parameter",
        &[
            r#"Authorization: OAuth oauth_token="«{a40}»""#,
            "oauth_consumer_key=«{a25}»&x=1",
            r#"oauth_signature="«{a27}%3D»""#,
        ],
    )
    .stays(&["oauth_token=", r#"oauth_signature_method="HMAC-SHA1""#, r#"oauth_token="<token>""#]),
    text(
        "aws-signature-header",
        &[
            "Authorization: AWS4-HMAC-SHA256 Credential=x/y, SignedHeaders=host, Signature=«{h64}»",
            "AWS4-HMAC-SHA256 Credential=a,Signature=«{h64}»",
            r#""AWS4-HMAC-SHA256 Credential=a, SignedHeaders=h, Signature=«{h64}»""#,
        ],
    )
    .stays(&[
        "AWS4-HMAC-SHA256 Credential=x",
        "AWS4-HMAC-SHA256 Signature=",
        "AWS4-HMAC-SHA256 Signature=none",
    ]),
    text(
        "url-parameter-secret",
        &[
            "https://x.example/cb?code=«{a30}»&state=1",
            "https://api.example.com/data?q=London&appid=«{h32}»",
            "https://x.example/f?se=1&sig=«{a41}%3D»",
        ],
    )
    .stays(&[
        "https://x.example/?code=404",
        "https://x.example/?code=not_found_at_all_here",
        "https://x.example/?sig=${SIG}",
    ]),
    text(
        "session-cookie",
        &["PHPSESSID=«{z26}»; path=/", "JSESSIONID=«{H32}»", "https://x.example/?sid=«{h32}»&p=1"],
    )
    .stays(&["PHPSESSID=", "sessionid=short", "JSESSIONID=$ID"]),
    text(
        "curl-user-option",
        &[
            "curl -u admin:«{a12}» https://x.example",
            "curl -s --user 'me:«{a16}!»' https://x.example",
            "curl -X POST -uuser:«{a10}» http://x.example",
            "curl --user \"app:«{u4} {a4} {a4} {a4} {a4} {a4}»\" https://x.example",
            "curl -u 'app:«{a12}$1 x»' https://x.example",
        ],
    )
    .stays(&[
        "curl -u admin https://x.example",
        r#"curl -u "$USER:$PASSWORD" https://x.example"#,
        "curl -u admin:<password> x",
        "curl -u name:password https://x.example",
        "curl -A \"agent: one two\" https://x.example",
    ]),
    text(
        "netrc-password",
        &[
            "machine api.example.com login me password «{a20}»\n",
            "login bob password «{a12}»\n",
            "machine x.example\tlogin a\tpassword «s3{a8}!»\n",
        ],
    )
    .stays(&[
        "the login page needs a password",
        "machine x login y password",
        "login and password",
        "login ok user=ann method=password ip=192.0.2.7",
    ]),
    text(
        "one-time-link",
        &[
            "GET /password/reset/«{h64}»?email=a HTTP/1.1",
            "https://x.example/reset-password/«{w32}»",
            "SAMLResponse=«{a60}»&RelayState=x",
            "{\"device_code\":\"«{h40}»\",\"user_code\":\"x\"}",
        ],
    )
    .stays(&[
        "GET /password/reset/confirm-your-address-now HTTP/1.1",
        "see docs/password/recovery/how-it-works",
        "\"device_code\": \"pending\"",
    ]),
    text(
        "basic-credentials",
        &["haproxy[5]: {Basic «{b23}=»} \"GET /\"", "authz=Basic «{b18}==» ok", "got 'Basic «{b27}=»'"],
    )
    .stays(&["Basic authentication", "Visual Basic 6", "Basic dGVzdA"]),
    text(
        "wordpress-salt",
        &[
            "define('AUTH_KEY',         '«{a20} %u1[KX/31$2F*?k3GMu(?,1OL{a20}»');",
            "define( 'NONCE_SALT', '«{a30}|+ {a31}»' );",
            "define('LOGGED_IN_KEY', \"«{a32}&^~ {a28}»\");",
        ],
    )
    .stays(&[
        "define('AUTH_KEY', 'put your unique phrase here, and then some more words');",
        "define('NONCE_SALT', SALT);",
        "define('AUTH_SALT', '');",
    ]),
    text(
        "session-variable",
        &["export BW_SESSION=\"«{b86}==»\"", "$env:BW_SESSION=\"«{b64}==»\"", "OP_SESSION_corp=«{w43}»"],
    )
    .stays(&["BW_SESSION=$(bw unlock --raw)", "export BW_SESSION", "OP_SESSION_corp=expired"]),
    text(
        "token-in-path",
        &[
            "https://chat.example/hooks/«{z26}»",
            "https://chat.example/hooks/{h24}/«{a48}»",
            "https://hc-ping.com/«{U}»",
            "rtmp://video.example/live/«{a16}»",
        ],
    )
    .stays(&[
        ".git/hooks/prepare-commit-msg.sample",
        "https://forum.example/t/how-to-upgrade-to-version-12/4711",
        "https://x.example/live/channel-one-two-three",
    ]),
    text(
        "calendar-address",
        &[
            "https://calendar.google.com/calendar/ical/x%40gmail.com/private-«{h32}»/basic.ics",
            r#"url: "webcal://outlook.office365.com/owa/calendar/«{h32}@example.org/{h40}»/calendar.ics""#,
            "https://p12-caldav.icloud.com/published/2/«{w80}»",
            "https://trello.com/calendar/{h24}/{h24}/«{h32}».ics",
        ],
    )
    .stays(&[
        "https://calendar.google.com/calendar/ical/x%40gmail.com/public/basic.ics",
        "https://calendar.google.com/calendar/ical/x/private-<key>/basic.ics",
        "https://outlook.office365.com/owa/calendar/",
    ]),
    text(
        "collector-address",
        &[
            "https://logs-01.loggly.com/inputs/«{U}»/tag/http/",
            "https://endpoint1.collection.us2.sumologic.com/receiver/v1/http/«{b88}==»",
            "curl https://nosnch.in/«{h10}»",
            "https://events.pagerduty.com/integration/«{h32}»/enqueue",
            "https://uptime.betterstack.com/api/v1/heartbeat/«{a24}»",
            "https://kuma.example/api/push/«{a10}»?status=up",
            "https://push.statuscake.com/?PK=«{h14}»&TestID=1",
        ],
    )
    .stays(&[
        "https://www.loggly.com/docs/http-endpoint/",
        "https://help.sumologic.com/receiver/v1/http/",
        "https://nosnch.in/",
        "https://events.pagerduty.com/v2/enqueue",
        "https://kuma.example/api/push/<token>",
        "https://x.example/api/push/notifications",
        "https://alert.victorops.com/integrations/generic/20131114/alert/$KEY/route",
    ]),
    text(
        "deploy-hook",
        &[
            "https://api.netlify.com/build_hooks/«{h24}»",
            "https://api.vercel.com/v1/integrations/deploy/prj_{a24}/«{a10}»",
            "https://api.render.com/deploy/srv-{z20}?key=«{w11}»",
            "https://api.cloudflare.com/client/v4/pages/webhooks/deploy_hooks/«{U}»",
            "https://n8n.example/webhook-test/«{U}»",
        ],
    )
    .stays(&[
        "https://docs.netlify.com/configure-builds/build_hooks/",
        "https://api.netlify.com/build_hooks/$HOOK",
        "https://api.render.com/deploy/srv-{z20}",
        "https://x.example/deploy-hooks/overview",
    ]),
    text(
        "secret-host-name",
        &[
            "https://«eo{z13}».m.pipedream.net",
            "curl -d @- https://«{h14}».m.pipedream.net/x",
            "url=http://«{z20}».oast.pro/",
        ],
    )
    .stays(&[
        "https://pipedream.net",
        "https://m.pipedream.net/",
        "https://docs.m.pipedream.net",
        "https://$HOOK.m.pipedream.net",
    ]),
    text(
        "sign-in-link",
        &[
            "https://app.example/login/magic/«{a40}»",
            "https://app.example/auth/verify/«{w43}»?next=/x",
            "GET /passwordless/«{h40}» 200",
            "https://app.example/invitations/accept/«{a24}»",
            "https://app.example/password_resets/«{w22}»/edit?email=x",
            "https://app.example/verify-email/«{h64}»",
            "https://app.example/users/confirm/«{a20}»",
            "https://app.example/login/«{a40}»",
        ],
    )
    .stays(&[
        "https://app.example/login/how-to-sign-in-with-version-12",
        "https://app.example/verify-email/your-address-has-been-confirmed",
        "https://app.example/auth/verify/<token>",
        "https://x.example/users/confirm/2024-01-02-release-notes-of-things",
        "POST /users/verify/${TOKEN}",
        "/account/activate/ApplicationControllerTestCaseBase.java",
    ]),
    text(
        "influx-address",
        &[
            "http://h:8086/query?db=x&u=user&p=«{a12}»",
            "curl -XPOST 'http://h:8086/write?u=app&p=«{l6}-{l6}»&db=x' -d @-",
            "GET /query?pretty=true&u=ann&p=«{a10}»&q=x",
        ],
    )
    .stays(&[
        "http://h:8086/query?db=x&u=user&p=$PW",
        "http://h:8086/query?db=x&q=select",
        "https://x.example/query?page=2&p={n4}",
    ]),
    text(
        "token-in-address",
        &[
            "https://lb.drpc.org/ogrpc?network=ethereum&dkey=«{w44}»",
            "https://go.getblock.io/«{h32}»",
            "https://freedns.afraid.org/dynamic/update.php?«{a44}»",
            "https://hooks.zapier.com/hooks/catch/1/«{z6}»",
            "https://outlook.office.com/webhook/{U}@{U}/IncomingWebhook/«{h32}/{U}»",
            "https://hooks.zapier.com/hooks/standard/1234567/«{h32}»",
        ],
    )
    .stays(&[
        "https://hooks.zapier.com/hooks/catch/",
        "https://hooks.zapier.com/hooks/catch/1/$HOOK",
        "https://go.getblock.io/<token>",
        "https://freedns.afraid.org/dynamic/",
    ]),
    text(
        "curl-key-as-user",
        &[
            "curl -u «{a24}»: https://api.example/v1",
            r#"curl https://api.example/v1 -u "«{a24}»:x""#,
            "curl -s --user '«{w40}»:' https://x.example",
        ],
    )
    .stays(&[
        "curl -u $KEY: https://x.example",
        "curl -u my-long-user-name-here: https://x.example",
        "curl -sSL https://x.example:8080/",
        "curl -u me https://x.example",
    ]),
    text(
        "curl-joined-options",
        &[
            "curl -su me:«{a12}» https://x.example",
            "curl -sSLu 'me:«{l6} {l6}»' https://x.example",
            r#"curl -fsu "me:«{l6}-{l6}»" https://x.example"#,
        ],
    )
    .stays(&[
        r#"curl -su "$U:$P" https://x.example"#,
        "curl -su me https://x.example",
        "curl -sSL https://x.example:8080/",
        "curl -su me:<password> u",
    ]),
    text(
        "header-named-key",
        &[
            r#"curl -H "Key: «{h32}»" https://x.example"#,
            "curl -H 'Auth: «{a40}»' https://x.example",
            r#"curl -s -H "X-Key: «{w43}»" u"#,
        ],
    )
    .stays(&[
        r#"curl -H "Key: $KEY" u"#,
        r#"curl -H "Key: value" u"#,
        "curl -H 'Auth: some-very-long-slug-of-words' u",
    ]),
    text(
        "saml-message",
        &[
            "\"SAMLResponse\": \"«PHNhbWxwOlJlc3BvbnNl{b80}»\"",
            "saml: «PHNhbWwy{b90}=»",
            "name=\"SAMLRequest\" value=\"«PHNhbWxwOkF1dGhu{b70}==»\"",
        ],
    )
    .stays(&["PHNhbWxw", "\"SAMLResponse\": null", "x{b9}PHNhbWx{b20}"]),
    text(
        "laravel-payload",
        &[
            "remember_web_{h40}=«eyJpdiI6{b90}%3D»",
            "{\"laravel_session\":\"«eyJpdiI6{b120}==»\"}",
            "x «eyJpdiI6{b64}»",
        ],
    )
    .stays(&["eyJpdiI6", "eyJpdiI6 is its beginning", "x{b9}eyJpdiI6{b20}"]),
    text(
        "signed-session-id",
        &[
            "{\"name\":\"connect.sid\",\"value\":\"«s%3A{w32}.{b43}»\"}",
            "sid: «s%3A{w32}.{b44}»",
            "cookie «s%3A{w32}.{b45}» sent",
        ],
    )
    .stays(&["s%3A{w12}", "s%3Aname", "colours%3Ared.blue"]),
    text(
        "fernet-token",
        &["| id | «gAAAAAB{w120}» |", "X-Subject-Token: «gAAAAAB{w160}==»", "token «gAAAAAB{w96}»"],
    )
    .stays(&["gAAAAAB", "gAAAAAB{w20}", "x{w9}gAAAAAB{w40}"]),
];
