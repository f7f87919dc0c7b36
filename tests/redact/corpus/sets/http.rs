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
        "authorization-header",
        &[
            "Authorization: Bearer «{w40}»\n",
            r#"curl -H "Authorization: Basic «{b24}==»" https://x.example"#,
            r#""Authorization": "«{w32}»""#,
            "-H 'authorization: token «{h40}»'",
            "headers['Authorization'] = 'Bearer «{w40}»'",
            r#"req.Header.Set("Authorization", "Token «{w40}»")"#,
            "proxy-authorization: Basic «{b20}=»\n",
        ],
    )
    .stays(&[
        "Authorization: Bearer $TOKEN",
        "Authorization: Bearer <token>",
        "authorization: none",
        "Authorization: Digest",
        "see the authorization section",
        "Authorization: Bearer {token}",
        "authorization: required_by_server",
    ]),
    text("bearer-token", &["sending bearer «{w40}»\n", "token is Bearer «{a24}», ok", r#"bearer "«{h32}»""#])
        .stays(&[
            "bearer authentication-is-required",
            "Bearer $TOKEN",
            "the bearer of this letter",
            "bearer tokens",
        ]),
    text(
        "authorization-digest",
        &[
            r#"Authorization: Digest username="a", realm="r", uri="/", response="«{h32}»""#,
            r#"Authorization: OAuth oauth_consumer_key="k", oauth_token="«{a40}»""#,
            "Authorization: AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host, Signature=«{h64}»",
        ],
    )
    .stays(&["digest auth", r#"Digest realm="x""#, "signature=none"]),
    text(
        "api-key-header",
        &[
            "X-Api-Key: «{h32}»\n",
            r#"curl -H "PRIVATE-TOKEN: «{w20}»" https://x.example"#,
            r#""x-auth-token": "«{a32}»""#,
            "X-Vault-Token: «{a26}»",
        ],
    )
    .stays(&["X-Api-Key: $KEY", "x-api-key: <key>", "X-Auth-Token-Type: none", "x-api-key: required"]),
    text(
        "cookie-header",
        &[
            "Cookie: «sid={w40}; theme=dark»\n",
            "set-cookie: «session={a64}»; HttpOnly",
            r#"curl -H "Cookie: «auth={h32}»" https://x.example"#,
            "'cookie': '«connect.sid=s%3A{w60}»'",
        ],
    )
    .stays(&["Cookie: none", "Set-Cookie: theme=", "cookie policy: accept", "the cookie = biscuit"]),
    text(
        "session-cookie",
        &["PHPSESSID=«{z26}»; path=/", "JSESSIONID=«{H32}»", "https://x.example/?sid=«{h32}»&p=1"],
    )
    .stays(&["PHPSESSID=", "sessionid=short", "JSESSIONID=$ID"]),
    text(
        "url-credentials",
        &[
            "postgres://app:«{a16}»@db.example:5432/app",
            "git clone https://user:«{h40}»@github.com/o/r.git",
            "redis://:«{a20}»@cache:6379/0",
            "mongodb+srv://u:«{a12}»@c0.example.net/db?retryWrites=true",
            "amqp://guest:«{a9}»@mq",
            r#"DATABASE_URL="mysql2://root:«p%40{a8}!»@127.0.0.1/x""#,
        ],
    )
    .stays(&[
        "https://user@example.com/",
        "https://user:${PASSWORD}@example.com/",
        "http://localhost:8080/@scope/pkg",
        "ssh://git@example.com:22/x",
        "https://user:<password>@example.com/",
        "https://user:****@example.com/",
        "see http://a:80/ and mail b@example.com",
    ]),
    text(
        "url-token-user",
        &[
            "git clone https://«{a40}»@github.com/o/r.git",
            "http://«{h32}»@sentry.example/3",
            "https://«{h40}:x-oauth-basic»@github.com/o/r",
        ],
    )
    .stays(&[
        "https://git@github.com/o/r",
        "https://a.long-user-name-here@example.com",
        "https://$TOKEN@github.com/",
    ]),
    text(
        "url-parameter-secret",
        &[
            "https://api.example.com/v1?apikey=«{h32}»&q=x",
            "GET /x?a=1&access_token=«{w60}» HTTP/1.1",
            "https://x.example/cb?code=«{a30}»&state=1",
            "wss://x.example/?token=«{a24}»",
        ],
    )
    .stays(&[
        "https://x.example/?key=value",
        "https://x.example/?token=",
        "https://x.example/?api_key=YOUR_API_KEY",
        "https://x.example/?code=404",
        "https://x.example/?key=${KEY}",
    ]),
    text(
        "curl-user-option",
        &[
            "curl -u admin:«{a12}» https://x.example",
            "curl -s --user 'me:«{a16}!»' https://x.example",
            "curl -X POST -uuser:«{a10}» http://x.example",
        ],
    )
    .stays(&[
        "curl -u admin https://x.example",
        r#"curl -u "$USER:$PASSWORD" https://x.example"#,
        "curl -u admin:<password> x",
    ]),
    text(
        "netrc-password",
        &[
            "machine api.example.com login me password «{a20}»\n",
            "login bob password «{a12}»\n",
            "machine x.example\tlogin a\tpassword «s3{a8}!»\n",
        ],
    )
    .stays(&["the login page needs a password", "machine x login y password", "login and password"]),
];
