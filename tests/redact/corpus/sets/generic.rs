//! Examples for the set `generic`.

use super::super::case::{Case, text};

/// One per rule, in the order of the file.
pub(super) const CASES: &[Case] = &[
    text(
        "xml-named-element",
        &[
            r#"<property name="hibernate.connection.password">«{a12}»</property>"#,
            r#"<string name="api_key">«{a32}»</string>"#,
            r#"<param name="authToken" type="s">«{a24}»</param>"#,
            "<option name='db.secret'>«{h32}»</option>",
        ],
    )
    .stays(&[
        r#"<property name="password"></property>"#,
        r#"<property name="password">${pw}</property>"#,
        r#"<field name="password" type="string"/>"#,
    ]),
    text(
        "credential-call",
        &[
            r#"new NetworkCredential("me", "«{a12}!»")"#,
            "requests.get(url, auth=('me', '«{a12}!»'))",
            r#"req.SetBasicAuth("me", "«{a16}»")"#,
            "HTTPBasicAuth('u', '«{a10}»')",
        ],
    )
    .stays(&[
        "new NetworkCredential(user, pw)",
        "requests.get(url, auth=('me', password))",
        r#"req.SetBasicAuth("me", "")"#,
    ]),
    text(
        "password-sentence",
        &[
            "The password is «{a12}» and changes soon",
            "your api key is `«{a32}»`",
            "password reset to «{a10}»\n",
            "the access token is: «{w40}»",
        ],
    )
    .stays(&[
        "the password is required.",
        "token is expired!",
        "key is not-found",
        "the secret is ${SECRET}",
        "password is case-sensitive",
    ]),
    text(
        "refused-token",
        &[
            "error: invalid token «{a40}»: expired",
            "Invalid API key: «{h32}»\n",
            r#"expired token "«{w36}»""#,
        ],
    )
    .stays(&[
        "invalid token type-mismatch-in-expression",
        "invalid key sha256:{h64}",
        "expired token: none",
    ]),
    text(
        "connect-call",
        &[
            "$c = mysqli_connect('h.example', 'app', '«{a12}!2»', 'db');",
            "DriverManager.getConnection(\"jdbc:x://h/db\", \"app\", \"«{a14}»\");",
            "client.get(url).bearer_auth(\"«{a40}»\").send()",
            "const t = jwt.sign({ id: 1 }, '«{a16}»', { expiresIn: '1h' });",
        ],
    )
    .stays(&[
        "mysqli_connect($host, $user, $password)",
        "client.login('user', password)",
        "boto3.Session('name', 'eu-west-1')",
        "jwt.sign(payload, secret)",
    ]),
    text(
        "compared-secret",
        &[
            "if (\"«{a12}»\".equals(password)) {",
            "if (strcmp(password, \"«{a14}»\") == 0)",
            "if ($pass eq '«{a10}-1»') {",
        ],
    )
    .stays(&[
        "if (\"password\".equals(type))",
        "strcmp(token, \"end of file\")",
        "if ($pass eq 'second pass') {",
    ]),
    text(
        "serialized-secret",
        &[
            "a:1:{s:8:\"password\";s:12:\"«{a12}»\";}",
            "s:9:\"api_token\";s:32:\"«{h32}»\"",
            "\"a:1:{s:6:\\\"secret\\\";s:16:\\\"«{a16}»\\\";}\"",
        ],
    )
    .stays(&[
        "s:8:\"username\";s:5:\"admin\";",
        "s:8:\"password\";N;",
        "s:8:\"password\";s:0:\"\";",
    ]),
    text(
        "key-bytes",
        &[
            "static const uint8_t aes_key[16] = { «0x{h2}, 0x{h2}, 0x{h2}, 0x{h2}, 0x{h2}, 0x{h2}, 0x{h2}, 0x{h2}, 0x{h2}, 0x{h2}, 0x{h2}, 0x{h2}» };",
            "let key_bytes: [u8; 13] = [«0x{h2},0x{h2},0x{h2},0x{h2},0x{h2},0x{h2},0x{h2},0x{h2},0x{h2},0x{h2},0x{h2},0x{h2},0x{h2}»];",
            "hmac_key[] = {«0x{h2}, 0x{h2}, 0x{h2}, 0x{h2}, 0x{h2}, 0x{h2}, 0x{h2}, 0x{h2}, 0x{h2}, 0x{h2}, 0x{h2}, 0x{h2}»};",
        ],
    )
    .stays(&[
        "uint8_t mac_address[6] = { 0x00, 0x11, 0x22, 0x33, 0x44, 0x55 };",
        "static const uint8_t table[] = { 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c };",
        "uint8_t key[32] = {0};",
    ]),
    text(
        "user-and-password-told",
        &[
            "creds: app / «{a12}!X1»",
            "credentials are monitor:«Ab{a10}1» (basic auth)",
            "creds for db.example are app:«{a8}9!Q»",
        ],
    )
    .stays(&[
        "login: admin / operators",
        "credentials: file:/etc/app.json",
        "login shell:/bin/bash",
        "credentials helper:osxkeychain",
    ]),
    text(
        "credentials-printed",
        &[
            "Some(BasicCredentials(alice,«{a12}»))",
            "connecting with Credentials(alice,«{a6}!{a6}»,None)",
            "List(DbCreds(app,«{a16}»), x)",
        ],
    )
    .stays(&[
        "new Credentials(user,password)",
        "Credentials(user,password2)",
        "Credentials(cfg,cfg.db1)",
        "AwsCredentials(alice,****)",
    ]),
    text(
        "sign-in-call",
        &[
            "ftp_login($c, 'web', '«{a12}»');",
            "ldap_bind($ds, \"cn=app,dc=example\", \"«{a8}!{a4}»\");",
            "DriverManager.getConnection(URL, \"app\", \"«{a14}»\")",
            "self.session.login(\"app\", \"«velvet-Lantern-{a4}9-thunder»\")",
            "Credentials.basic(\"app\", \"«{a12}!»\")",
            "FTP(\"h.example\", \"app\", \"«{a12}»\")",
            "new SecretKeySpec(\"«{a16}»\".getBytes(), \"AES\")",
            "new SymmetricSecurityKey(Encoding.UTF8.GetBytes(\"«{a20}»\"))",
            "new SymmetricSecurityKey(Convert.FromBase64String(\"«{b43}=»\"))",
            "env.put(Context.SECURITY_CREDENTIALS, \"«{a12}»\");",
            "WiFi.begin(\"HomeNet\", \"«{a10}#1»\");",
            "conn.Open \"DSN=app\", \"app\", \"«{a12}»\"",
            "new NetworkCredential(@\"dom\\app\", @\"«{a12}!»\")",
            "Credentials(\"Realm\", \"h.example\", \"app\", \"«{a14}»\")",
            "bcrypt.hash(\"«{a10}!»\", 10)",
            "await smtp.AuthenticateAsync(\"me@x.example\", \"«{a10}#9»\");",
            "Credentials::new(\"me\".to_owned(), \"«{a12}!»\".to_owned())",
            "Net::SMTP.start('h.example', 587, 'x', 'me', '«{a12}!»', :login)",
        ],
    )
    .stays(&[
        "ftp_login($c, $user, $password);",
        "page.login(\"user\", \"password\")",
        "db.auth(\"user\", \"secret1\")",
        "session.login(\"en\", \"sign-in-page\")",
        "new SecretKeySpec(key, \"HmacSHA256\")",
        "password_hash(\"Invalid value, please\", $x)",
        "{{ value | password_hash('sha512') }}",
        "WiFi.begin(\"ssid\", \"your-wifi-key\")",
        "cy.login(\"#name\", \"input#pass-2\")",
        "File.open \"x.txt\", \"a\", \"UTF8-BOM\"",
        "client.connect(\"id\", \"user\", \"${MQTT_PASSWORD}\")",
    ]),
    text(
        "console-sign-in-call",
        &[
            "connect('weblogic','«{a10}!»','t3://h.example:7001')",
            "connect(\"admin\", \"«{a12}»\", \"t3s://h.example:7002\")",
            "connect('app', '«{l6}-{a6}»', 't3://127.0.0.1:7001')",
        ],
    )
    .stays(&[
        "connect('weblogic','password','t3://h.example:7001')",
        "connect('weblogic', pw, 't3://h.example:7001')",
        "connect('h.example', 'app2', 'main')",
    ]),
    text(
        "password-characters",
        &[
            "ks.load(in, \"«{a12}»\".toCharArray());",
            "char[] p = \"«{a8}!{a4}»\".toCharArray();",
            "new PasswordAuthentication(\"me\", \"«{l6}-{a8}»\".toCharArray())",
        ],
    )
    .stays(&[
        "\"changeit\".toCharArray()",
        "\"HelloWorld\".toCharArray()",
        "\"0123456789abcdef\".toCharArray()",
        "\"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz\".toCharArray()",
        "password.toCharArray()",
    ]),
    text(
        "auth-pair",
        &[
            "'auth' => ['app', '«{a12}!»'],",
            "\"auth\": [\"app\", \"«{a14}»\"]",
            "session.auth = ('app', '«{a10}-Q9»')",
            "'auth' => array('app', '«{a12}»')",
        ],
    )
    .stays(&[
        "'auth' => ['user', 'password'],",
        "session.auth = (user, password)",
        "auth: ['basic', 'oauth2']",
        "\"auth\": [\"app\", \"${APP_PASSWORD}\"]",
        "'middleware' => ['auth', 'verified2fa']",
    ]),
    text(
        "clear-text-attribute",
        &[
            "<credential-reference clear-text=\"«{a12}»\"/>",
            "<credential-reference clear-text='«{a8}!{a4}»'/>",
            "/subsystem=x:add(credential-reference={clear-text=\"«{l6}-{a8}»\"})",
        ],
    )
    .stays(&[
        "<credential-reference clear-text=\"${ENV.DB}\"/>",
        "<credential-reference store=\"s\" alias=\"db\"/>",
        "<x clear-text=\"true\"/>",
    ]),
    text(
        "account-call",
        &["SMTP.php(512): authenticate('ann@example.org', '«{l6}!{l6}{n3}»')", "Warning: ftp_login('ann', '«{l6}{n2}!»') failed", "User.objects.create_superuser('ann', 'ann@example.org', '«{l6}-{a6}»')", r#"local ok, err = red:auth("«{a12}»")"#, "$redis->auth('«{l6}!{n2}»');", r#"s.login(user, "«{a12}»")"#, "imap_open('{h:993}INBOX', 'ann', '«{a12}»');", "oci_connect('ann', '«{l6}#{n3}»', 'h/d')", r#"MySQLdb.connect("h", "ann", "«{a12}»", "d")"#, r#"client.connect("h", 22, "ann", "«{l6}{n3}!»")"#, "Net::FTP.open('h', 'ann', '«{a10}»')", "#1 a.php(3): mysqli->__construct('h', 'ann', '«{a12}»', 'db')", "#0 x.php(7): PDOConnection->__construct('mysql:host=h', 'ann', '«{l6}-{l6}-{n2}»', Array)", r#"WiFi.begin(ssid, "«{l6}-{n4}»");"#, "InfluxDBClient('h', 8086, 'ann', '«{a12}»', 'd')", r#"DriverManager.getConnection(url, "ann", "«{l6}-{l6}-{l6}»");"#],
    )
    .stays(&["create_user('ann', 'ann@example.org', password)", "red:auth(password)", r#"s.login(user, "password")"#, r#"client.connect("h", 22, "ann", "$PW")"#, "Net::FTP.open('h', 'ann', 'password')", r#"WiFi.begin(ssid, "<password>");"#, r#"app.login(user, "form-submit")"#, r#"$this->auth("web")"#]),
    text(
        "cipher-call",
        &["AES.new(b'«{a16}»', AES.MODE_ECB)", "CryptoJS.AES.encrypt(text, '«{l6}-{l6}-{n2}»')", "openssl_encrypt($d, 'aes-256-cbc', '«{a32}»', 0, $iv)", r#"createCipheriv("aes-256-cbc", "«{a32}»", iv)"#],
    )
    .stays(&["AES.new(key, AES.MODE_ECB)", "CryptoJS.AES.encrypt('message', key)", "openssl_encrypt($d, 'aes-256-cbc', $key)", r#"Fernet("key")"#, "CryptoJS.AES.encrypt(text, 'secret key')"]),
    text(
        "client-call",
        &[r#"auth.set_access_token("{n10}-{a40}","«{a45}»")"#, "tweepy.OAuthHandler('{a25}', '«{a50}»')", r#"client = Client("{a64}","«{a64}»")"#, r#"exchange = KucoinClient("{h24}", "{U}", "«{a12}»")"#, "gitlab.Gitlab('https://h.example', '«{w20}»')", "new Octokit({auth: '«{h40}»'})"],
    )
    .stays(&["auth.set_access_token(token, secret)", r#"Client("my-client-name", "production")"#, "gitlab.Gitlab('https://h.example', token)", "new Octokit({auth: process.env.TOKEN})", r#"OAuthHandler("consumer", "some-slug-name")"#]),
    text(
        "login-pair",
        &[
            "    Admin login: admin / «{a14}»",
            "[ok] credentials: root / «{l6}-{a8}»",
            "Sign in with 'admin' / '«{l6}!{n3}»'",
            "account: deploy / «{a10}?»\n",
        ],
    )
    .stays(&[
        "login: admin / password",
        "root / 2026-01-01",
        "postgres / 16.4-alpine",
        "mounted as root / read-only",
    ]),
    text(
        "account-told",
        &[
            "To login please use the \"openvpn\" account with \"«{a12}»\" password.",
            "use the 'admin' account with the '«{l6}!{n2}»' password",
            "sign in to the root account with password \"«{a10}?»\"",
        ],
    )
    .stays(&[
        "an account with the \"admin\" password policy",
        "an account with password \"password\"",
        "open an account with us",
    ]),
    text(
        "login-told",
        &[
            "2. log in as ci-bot / «{L6}{n4}+»",
            "# old login: m.kowalski / «{l6}!{n2}»",
            "Login with 'me' / '«{a10}?»'",
        ],
    )
    .stays(&["log in as user / password", "login: 12 / 2026", "log in as root / sudo", "login / logout"]),
    text(
        "login-attempt",
        &[
            "cowrie[2214]: login attempt [nagios/«{l6}+{l6}{n3}»] failed",
            "login attempt [b'root'/b'«{a8}»'] succeeded",
            "[SSHService] login attempt [admin/«{l6}»] failed",
        ],
    )
    .stays(&["login attempt failed", "login attempt [root] failed", "login attempt from 10.0.0.1/24"]),
    text(
        "format-of-pair",
        &[
            "let pair = String(format: \"%@:%@\", \"me\", \"«{a16}»\")",
            "fmt.Sprintf(\"%s:%s\", user, \"«{l6}!{n2}»\")",
            "'%s:%s' % ('me', '«{a12}»')",
        ],
    )
    .stays(&[
        "fmt.Sprintf(\"%s:%s\", host, \"8080\")",
        "fmt.Sprintf(\"%s:%s\", user, password)",
        "'%s:%s' % ('key', 'value')",
    ]),
];
