//! Shapes in which files, programs and people of many trades show a secret, and what resembles them.

use super::stream::in_pieces;
use ledger_run::redact::Redactor;

fn redacted(text: &str) -> String {
    Redactor::default().text(text)
}

/// Texts with `@@@` where a token, or a password somebody chose, may stand.
const SHAPES: &[&str] = &[
    "- **Password:** `@@@`",
    "    DefaultPassword    REG_SZ    @@@",
    "       01  WS-DB-PASSWORD    PIC X(89) VALUE '@@@'.",
    "poll mail.example proto imap user dave pass @@@ ssl",
    "user ann, pass @@@",
    "> PASS @@@",
    "Pass \"@@@\"",
    "#define DB_PASS \"@@@\"",
    "define( 'DB_PASSWORD', '@@@' );",
    "host.example (10.0.0.1): login ann / pw @@@",
    "new root pw for web01: @@@",
    "SSHPASS=@@@ sshpass -e rsync -a . h:/srv/",
    "MDP = @@@",
    "Kennwort f\u{fc}r mail.example lautet: @@@",
    "<tr><td class=\"e\">$_SERVER['DB_PASSWORD']</td><td class=\"v\">@@@</td></tr>",
    "string(name: 'DB_PASSWORD', defaultValue: '@@@', description: '')",
    ".password(r#\"@@@\"#)",
    "password: &db_anchor @@@",
    "DB_PASS='@@@'\\''x9'",
    "ALTER USER ann WITH PASSWORD '@@@''x9';",
    "name;host;password\nch;h.example;@@@\n",
    "# client\tserver\tsecret\t\tIP addresses\nann * @@@ *\n",
    "### server:login:password\nh.example:ann:@@@\n",
    "db_password: >-\n  @@@\n",
    "password:\n    @@@\n",
    "portal.password=\\\n    @@@\n",
    "K 8\npassword\nV LENGTH\n@@@\n",
    "expect \"*assword:\"\nsend \"@@@\\r\"\n",
    "Password for the [elastic] user successfully reset.\nNew value: @@@\n",
    "$ pass show web/ann\n@@@\n",
    "$ kubectl get secret db -o jsonpath='{.data.password}' | base64 -d; echo\n@@@\n",
    " password: [-old-]{+@@@+}",
    "  Password     REG_SZ     @@@",
    "reg add \"HKLM\\Winlogon\" /v DefaultPassword /t REG_SZ /d \"@@@\" /f",
    "password 7 @@@",
    "WLAN Passwort ist @@@",
    "Your password has been reset to @@@",
    "Initialkennwort: @@@",
    "password........................\"@@@\"",
    "smtp_pass \"@@@\"",
    "set password @@@",
    "printf 'set password @@@'; true",
    "bindpw @@@",
    "SMTP_PW_LIVE=@@@",
    "  {password, <<\"@@@\">>},",
    ":db-password: ``@@@``",
    "**Acme API password:** @@@",
    "<meta-data\n    android:name=\"org.example.DB_PASSWORD\"\n    android:value=\"@@@\" />\n",
    "    name: App-Secret\n    schema:\n      type: string\n    example: @@@\n",
    "User name,Login,Console password\nann,a,@@@\n",
    "<setting name=\"DbPassword\" serializeAs=\"String\">\n  <value>@@@</value>\n</setting>\n",
    "  [\"password\":\"App\\Config\":private]=>\n  string(LENGTH) \"@@@\"\n",
];

#[test]
fn shapes_of_many_trades() {
    let token = ["x7Kq2mVb9T", "zR4wLp8sN3"].concat();
    let mut missed = Vec::new();
    for value in [token.as_str(), "Maple7Harbor!91"] {
        for shape in SHAPES {
            let text = shape.replace("LENGTH", &value.len().to_string()).replace("@@@", value);
            if redacted(&text).contains(&value[..8]) {
                missed.push(redacted(&text));
            }
        }
    }
    assert_eq!(missed, [""; 0]);
}

#[test]
fn shapes_cut_at_every_byte() {
    for shape in SHAPES {
        let text = shape.replace("LENGTH", "15").replace("@@@", "Maple7Harbor!91");
        let whole = in_pieces(text.as_bytes(), &[]);
        for cut in 0..text.len() {
            assert_eq!(in_pieces(text.as_bytes(), &[cut]), whole, "at {cut} of {text:?}");
        }
    }
}

/// The same with what only machines make.
#[test]
fn tokens_told_by_few_words() {
    let hexadecimal = ["9f86d081884c7d65", "9a2feaa0c55ad015"].concat();
    for shape in [
        "hey, can you rotate the acme api token please? it's @@@",
        "/* Acme admin key @@@ */",
        "INFO  Using gateway preshared key @@@",
        "acme_api_token,@@@,2026-01-02",
        "prod;ACME_API_TOKEN;@@@;active",
        "\"Acme web key\",\"@@@\",\"prod\"",
        "const key = process.env.ACME_WRITE_KEY || '@@@';",
        "s = os.getenv(\"ACME_TRACKING_KEY\", \"@@@\")",
        "\"args\": [\"--wallet-deployer-key\", \"@@@\"]",
        "proxy_set_header Authorization \"Basic @@@\";",
        "Zigbee network key: @@@",
        "wep_key0=@@@",
        "{{ acme_password | default(\"@@@\") }}",
        "x-functions-key: @@@",
        "set_acme_service_key(\"@@@\")",
    ] {
        let text = shape.replace("@@@", &hexadecimal);
        assert!(!redacted(&text).contains(&hexadecimal), "{text}\n  became {}", redacted(&text));
    }
    let letters = ["wgzkdgqx", "opxvtdjguq"].concat();
    for shape in ["api_token: @@@", "api_token = \"@@@\"", "password=@@@&x=1", "f(\"acme_token\", \"@@@\")"] {
        let text = shape.replace("@@@", &letters);
        assert!(!redacted(&text).contains(&letters), "{text}\n  became {}", redacted(&text));
    }
    for bytes in ["124, 214, 104, 12, 56, 30, 126, 69, 219", "0xA3, 0xB0, 0x51, 0xE7, 0x96, 0x3D, 0x2E, 0xDD"]
    {
        for shape in ["network_key: [@@@]", "byte[] aesKey = { @@@ };", "\"secret\": \"@@@\""] {
            let text = shape.replace("@@@", bytes);
            assert!(!redacted(&text).contains(bytes), "{text}\n  became {}", redacted(&text));
        }
    }
    let router = ["3HubYp4bRmSY", "rDZYGQY0pdJw"].concat();
    let text = format!(" key {router}");
    assert!(!redacted(&text).contains(&router), "{}", redacted(&text));
    // What Jenkins and Maven encrypt opens their stores as well.
    let text = format!("<password>{{AQAAABAAAAAQ{router}=}}</password>");
    assert!(!redacted(&text).contains(&router), "{}", redacted(&text));
}

#[test]
fn passwords_of_words() {
    for (shape, value) in [
        ("password = @@@", "sparrow-Oyster-badger-winter"),
        ("secret = \"@@@\"", "rocket-wizard-41"),
        ("API_SECRET = \"@@@\"", "Ribbon_Blossom76"),
        ("MAIL_PASSWORD=\"@@@\"", "pelican fox thunder"),
        ("password \"@@@\"", "lagoon willow jasmine mustard"),
        ("ssl.keystore.password=@@@", "iglooCanyon71__"),
        ("Reminder: the root password is @@@ - ask Ann.", "tulipmoose69"),
        ("'x-signing-key': '@@@'", "harbor-violin-silver-77"),
        ("api_token=@@@,", "JOCD%)wrGJ2Obw1KUG"),
        ("mqtt_password: @@@", "walnut shadow tulip"),
        ("  password: @@@", "coral sparrow autumn lantern"),
        ("Enter passphrase for /dev/sda2: @@@", "coral sparrow autumn lantern"),
        ("ansible_become_pass=@@@", "anchor.raven.badger8"),
        ("Passwort: @@@", "Oasis&Harbor#87"),
        ("Password: @@@", "1RA^{)]||)e)=9Q"),
        ("the passcode of the test phone is @@@", "055317"),
        ("enable password @@@", "mango-comet-orbit-sparrow"),
        ("new root pw for files: @@@", "rocket.Autumn.26"),
        ("bindpw @@@", "pickle-copper-purple-violin"),
        ("mqtt_password: @@@", "Autumn_79"),
        ("password: \"@@@\"", "cookie-goose-spring-piston"),
        ("export RESTIC_PASSWORD=\"@@@\"", "parrot.paddle.pocket.heron"),
    ] {
        let text = shape.replace("@@@", value);
        assert!(!redacted(&text).contains(value), "{text}\n  became {}", redacted(&text));
    }
}

#[test]
fn what_resembles_them_stays() {
    let mut changed = Vec::new();
    for text in [
        "PASS src/auth/password2.test.ts",
        "PASS test_token_4",
        "PASS: t2/token9",
        "password: !vault_ref account/db#password",
        "Server=%DB_HOST%;User Id=%DB_USER%;Password=%DB_PASSWORD%;",
        "server.ssl.key-store-password=@keystore.password@",
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
        "    access_token  =  %x61.63.63.65.73.73",
        "<key>Description</key><string>Unlock your passwords</string><key>CFBundleIdentifier2x</key>",
        "address constant TOKEN = 0xf9e32261512daa11c74135a64a19617c55e1d909;",
        "protected $casts = ['password' => 'hashed'];",
        "Created wheel for token-utils: filename=token_utils-2.20.6-py3-none-any.whl",
        "pub const IFLA_BOND_AD_INFO_PARTNER_KEY: _bindgen_ty_30 = _bindgen_ty_30::KEY;",
        "#define TLS1_RFC_PSK_WITH_AES_128_CCM \"TLS_PSK_WITH_AES_128_CCM\"",
        "password:\n  minLength: 12\n  pattern: ^[a-z0-9]+$\n",
        "password:\n  required4ever:\n",
        "# check the token, the user and the password\na b c d e\n",
        "$ kubectl get secret db-2\nNAME   TYPE     DATA   AGE\ndb-2   Opaque   2      23h\n",
        "$ pass show web/ann\nError: web/ann is not in the password store.\n",
        "expect \"*assword:\"\nsend \"$password\\r\"\n",
        "the password is required - see chapter 4",
        "\"password\": \"choose one with four words\"",
        "secret = \"grafana-ldap-toml\"",
        "for (token; i < 8; token++) { }",
        "token,count,first_seen\nthe,1207,2026-01-02\n",
        "[section]\nkey value4you\n",
        "password: must have eight characters\n",
        "Never reuse a password: attackers try leaked passwords",
        "sec  rsa2048/8C124F0F782DA097",
        "access=winreg.KEY_READ | winreg.KEY_WOW64_32KEY,",
        "t.pass(\"tests/pass/*.rs\");",
        "payments-token: payments-token-a6tjk",
        "resource \"aws_secretsmanager_secret\" \"shipping2prod\" {",
        "  password: {{ .Values.store.password | b64enc | quote }}",
        "| user | auth_string |\n|---|---|\n| ann | (set) |\n",
        "  v_password  users.password%TYPE;",
        "asymmetri kernel signing key: 090fe718c618eb0f9b24104d5f3bb6ec6b13fef9: X509.rsa",
        "dsn := fmt.Sprintf(\"postgres://%s:%s@%s/%s\", user, password, host, name)",
        "setError('password', 'the passwords 2 do not match');",
        "password: $__file{/etc/secrets/backup_key2}",
        "access-token   = 1*VSCHAR",
        "TOKEN_RE = re.compile(r\"^[A-Za-z0-9_-]{19}$\")",
        "key_derivation: pbkdf2-hmac-sha256",
        "    Password: AnsiString;",
        "SESSION_SECRET_FILE=/run/secrets/oauth_client_secret",
        "CREATE ROLE ann NOLOGIN PASSWORD NULL;",
        "SLACK_TOKEN=xoxb-your-token",
        "lookup_keys = [1, 2, 3, 4, 5, 6, 7, 8, 9]",
        "Set UserSecretsId to 'e10485fe-bbd1-46cc-8b5b-284c5b433cab' for project 2.",
        "<el-input show-password :placeholder=\"$t('user.password2')\" />",
        "curl -H \"JOB-TOKEN: $JOB_TOKEN\" \"$API/projects/$ID/packages2\"",
        "  FirebaseAuth: 795b306cbda606df1fc79e5418826b2f79696a7b",
        "evicted key=thumb:v4:fr:97ff2191bbf547018dc918099002e4c6 ttl=2665s",
        "ftp://anonymous:guest@ftp.example.org/pub/",
        "Name,Token count\nann,12345678901\n",
        "src/passwd.c:841:57: error: expected expression",
        "    password: never;",
        "api_key: ****a928",
        "mongodb://user:PASSWORD_HERE@localhost:3306/app",
        "\"DbPassword\": \"@Microsoft.KeyVault(SecretUri=https://kv-2.vault.example/secrets/db4/)\",",
        "COPY t (id, password) FROM stdin;\n1\t\\N\n",
        "INSERT INTO t (id, password) VALUES\n(1, NULL), (2, '');\n(3, 'build2it', 'x');\n",
        "INSERT INTO t (id, password_hint) VALUES\n(1, 'a1b2-c3d4');\n",
        "He said no,then gave a token\nshe did,nothing4weeks\n",
    ] {
        if redacted(text) != text {
            changed.push(redacted(text));
        }
    }
    assert_eq!(changed, [""; 0]);
}

/// What is spared is spared for exactly what it is.
#[test]
fn what_only_resembles_what_is_spared_is_hidden() {
    for (text, secret) in [
        ("password = \"9AES1-X7K2P-QWE12\"", "X7K2P"),
        ("secret: 0xf9e32261512daa11c74135a64a19617c55e1d909", "12daa11c7413"),
        ("password = \"q7]+Xy9]{zR4wL\"", "zR4wL"),
        ("password = \"XABCDEFG9%\"", "ABCDEFG"),
        ("password = \"!hunter_two9\"", "hunter_two9"),
        ("password = \"%x7.Kq2mVb\"", "Kq2mVb"),
        ("define('DB_PASSWORD', 'my pass 9Xy');", "9Xy"),
        ("{{ user }} password | hunter2x", "hunter2x"),
        ("f('password', 'hunter 2x9')", "hunter 2x9"),
        ("entry \"password\" \"hunter2x\" {", "hunter2x"),
        ("token: a-token-AB12c9", "AB12c9"),
        ("  TwilioAuth: 795b306cbda606df1fc79e5418826b2f79696a7b", "da606df1fc79"),
        ("auth=live:v4:97ff2191bbf547018dc918099002e4c6", "bbf547018dc9"),
        ("key=live:v4:Xq7Kz2mVb9TzR4wLp8sN3eXq7Kz2mVb9", "2mVb9TzR4"),
        ("https://anonymous:x7Kq2mVb9TzR4wLp8sN3@git.example.org/a", "2mVb9TzR4"),
        ("mqtt://anonymous:hunter2x@broker.example", "hunter2x"),
        ("setenv \"$PASSWORD\" \"hunter2x\"", "hunter2x"),
        ("password :title=\"hunter2x\"", "hunter2x"),
        ("password.c = 841:57xq", "57xq"),
        ("password: ****ad76q", "ad76q"),
        ("password = \"X7q9K2_HERE\"", "X7q9K2"),
        ("INSERT INTO t (id, password) VALUES (1, 'a1b2-c3d4'),\n(2, 'e5f6-g7h8');", "e5f6"),
        ("COPY t (password, id) FROM stdin;\na1b2-c3d4\t7\ne5f6-g7h8\t8\n", "e5f6"),
        ("ClientSecretsId = \"abcd1234efgh5678\"", "1234efgh"),
    ] {
        assert!(!redacted(text).contains(secret), "{text}\n  became {}", redacted(text));
    }
}
