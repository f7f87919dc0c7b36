use super::super::Redactor;

fn hidden(text: &str) -> bool {
    Redactor::default().text(text) != text
}

/// The value between `«»` must vanish, and nothing else.
fn check(marked: &str) {
    let text = marked.replace(['«', '»'], "");
    let (before, rest) = marked.split_once('«').unwrap();
    let after = rest.split_once('»').unwrap().1;
    let redacted = Redactor::default().text(&text);
    let fits =
        redacted.starts_with(&format!("{before}[REDACTED:")) && redacted.ends_with(&format!("]{after}"));
    assert!(fits, "{text}\n  became {redacted}");
}

#[test]
fn assignments_in_every_language() {
    for text in [
        "password = \"«hunter2»\"",
        "PASSWORD='«hunter2»'",
        "export DB_PASSWORD=«hunter2»",
        "password: «hunter2»",
        "  db_password: '«s3cr3t!»'",
        "\"password\": \"«hunter2»\",",
        "{\\\"password\\\": \\\"«hunter2»\\\"}",
        "config['secret_key'] = '«a8f5f167f44f»'",
        "os.environ[\"API_TOKEN\"] = \"«a8f5f167f44f»\"",
        ":api_key => '«a8f5f167f44f4964»',",
        "define('DB_PASSWORD', '«hunter2»');",
        "password: str = \"«hunter2»\"",
        "const apiToken: string = '«a8f5f167f44f4964»';",
        "var dbPassword string = \"«hunter2»\"",
        "char password[] = \"«hunter2»\";",
        "setPassword(\"«hunter2»\");",
        "new NetworkCredential(user, password: \"«hunter2»\")",
        "System.setProperty(\"API_TOKEN\", \"«a8f5f167f44f4964»\")",
        "spring.datasource.password=«hunter2»",
        "API_KEY ?= «a8f5f167f44f4964»",
        "api_key := \"«a8f5f167f44f4964»\"",
        "api_key ||= \"«a8f5f167f44f4964»\"",
        "private static final String PASSWORD = \"«hunter2»\";",
        "$password = '«hunter2»';",
        "let token = Some(\"«a8f5f167f44f4964»\");",
        "password = os.getenv(\"DB_PASSWORD\", \"«hunter2»\")",
        "const secret = process.env.SECRET || '«a8f5f167f44f4964»'",
        "\u{5bc6}\u{7801}:«hunter22»",
        "url: rediss://:«AEStMc4BoIgQ8k8A7LLpsja/juj/Y9w5V4Csvzp2zKQ=»@cache.example:6380/0",
    ] {
        check(text);
    }
}

#[test]
fn other_shapes() {
    for text in [
        "abstract token - '«a8f5f167f44f4964a8f5f167f44f4964»'",
        "<password>«hunter2»</password>",
        "<wsse:Password Type=\"x\">«hunter2»</wsse:Password>",
        "<add key=\"ApiToken\" value=\"«a8f5f167f44f4964»\" />",
        "<key>apiToken</key><string>«a8f5f167f44f4964»</string>",
        "{\"name\": \"DB_PASSWORD\", \"value\": \"«hunter2»\"}",
        "https://example.com/a?api_key=«a8f5f167f44f4964»&page=2",
        "mytool --password «hunter2» --verbose",
        "name=DB_PASSWORD value=«hunter2x»",
        "login bob password «(hunter2x»",
        "mytool --api-key=«a8f5f167f44f4964» run",
        "machine example.com login me password «hunter2x»",
        "Server=db;User Id=sa;Password=«Hunter2!»;Encrypt=yes",
        "IDENTIFIED BY '«hunter2»'",
        "your access token is «a8f5f167f44f4964a8f5»",
        "API key for production: «a8f5f167f44f4964a8f5»",
        "the password is «hunter2x»",
        "| password | «hunter2» |",
        "token%3D«a8f5f167f44f4964»",
        "{&quot;password&quot;:&quot;«hunter2»&quot;}",
        "postgres://user:«hunter2»@db.example.com/app",
        "https://«a8f5f167f44f4964»@github.com/x/y.git",
        "Authorization: Bearer «a8f5f167f44f4964»",
        "-H 'Authorization: token «a8f5f167f44f4964»'",
        "\"Authorization\": \"Basic «dXNlcjpodW50ZXIy»\"",
    ] {
        check(text);
    }
    for text in
        ["Set-Cookie: session=a8f5f167f44f4964; Path=/; HttpOnly", "Cookie: a=b; session=a8f5f167f44f4964"]
    {
        let redacted = Redactor::default().text(text);
        assert!(!redacted.contains("a8f5") && redacted.contains("Cookie: "), "{redacted}");
    }
}

#[test]
fn in_a_row_of_assignments_each_name_is_judged_by_itself() {
    for sign in ["=", ":"] {
        let names = ["password", "api_token", "db_secret"].map(|name| format!("{name}{sign}"));
        check(&format!("{}«hunter2x»", names[0].repeat(30)));
        // A short row may be a value, a long one is none: what is hidden is at its end.
        let row = names.concat().repeat(20);
        let redacted = Redactor::default().text(&format!("{row}a8f5f167f44f4964"));
        assert!(redacted.starts_with(&row[..row.len() - 160]) && !redacted.contains("a8f5"), "{redacted}");
        assert!(!hidden(&names[0].repeat(30)));
    }
    // No name comes back in it: a value.
    check(&format!("api_token=«role:admin:team:core:user:{}»", "a8f5f167f44f4964".repeat(7)));
    check(&format!("Cookie: session=«user:ann:role:admin:{}»", "a8f5f167f44f4964".repeat(7)));
}

#[test]
fn rows_are_read_in_a_line_of_any_length() {
    let row = ", (2, NULL)".repeat(1000);
    check(&format!("INSERT INTO t (id, api_token) VALUES (1, '«0AAA0A#A0AA»'){row};"));
}

/// None of these texts may change.
fn check_innocent(texts: &[&str]) {
    for text in texts {
        assert!(!hidden(text), "{text}\n  became {}", Redactor::default().text(text));
    }
}

#[test]
fn innocent_text_stays() {
    check_innocent(&[
        "Password: ",
        "password: string",
        "password: str = None",
        "Enter your password: ",
        "token_count = 12",
        "max_tokens: 4096",
        "secret_name: db-credentials",
        "author = \"Jane Roe\"",
        "password = getPassword()",
        "password = os.getenv(\"DB_PASSWORD\")",
        "password: ${DB_PASSWORD}",
        "password=$DB_PASSWORD",
        "token: <your token>",
        "password=********",
        "tokenizer = Tokenizer(\"bert-base-uncased\")",
        "\"password\": \"Enter your password\"",
        "\"password\": \"Password\"",
        "password must be at least 8 characters",
        "key: value",
        "primary_key = \"a8f5f167f44f4964e6c998dee827110c\"",
        "gpg: using RSA key 4AEE18F83AFDEB234AEE18F83AFDEB23",
        "the secretary of state: 12345678",
        "self.password = password",
        "event=PASSWORD_RESET_REQUESTED result=OK2",
        "Login failed: wrong password (attempt 3 of 5)",
        "io.jsonwebtoken:jjwt-api:jar:0.12.5:compile",
        "io.jsonwebtoken:jjwt-api:0.12.3",
        "\"keytar\": \"github:atom/node-keytar#6116e7da8a34cbb08b11e63e2ac094cad348c0d9\",",
        "reported to Sentry, event id 0b34329a298d49beda2d36d2fce29dd6.",
        "{ name: \"test\", password: \"test\" }",
        "User.create!(password: \"short\")",
    ]);
}

#[test]
fn code_and_output_about_secrets_stay() {
    check_innocent(&[
        "if(e.password!==e.confirmPassword)return t(\"mismatch\");",
        "mutation($password:String!){changePassword(password:$password){ok}}",
        "--password=\"$$MYSQL_ROOT_PASSWORD\" || exit 1",
        "f(password=requestparametersprovider, x)",
        "password = jenkins_admin_secret_name",
        "pub const PASSWORD_A: claimcapability_additional_masks = 2i32;",
        "the secret PKCS-9 keys",
        "Token: ULONG64,",
        "$ docker push burntsushi/cross:x86_64-unknown-linux-musl",
        "docker build -t burntsushi/cross:s390x-unknown-linux-gnu .",
        "--crate-name algolia --edition=2021 -C extra-filename=-5fec00781583a23d --out-dir /x",
        "%{email: \"ann@example.com\", password: \"**redacted**\"}",
        "auth.login user_id=48211 method=password result=ok",
        "\"secret_version_id\": \"23d402bb-7017-4055-aecb-0ae7f9e7e1f3\"",
        "{\"key\": \"01HZX4V2QK8M3T7RW9YB5NCD6E\", \"key_type\": \"ulid\"}",
        "COGNITO_APP_CLIENT_ID=kcr4dgunn6g4tm6hgvpelntr6q",
        "\"passwordTooShort\" = \"\u{30d1}\u{30b9}\u{30ef}\u{30fc}\u{30c9}\u{306f}12\u{6587}\u{5b57}\u{4ee5}\u{4e0a}\u{3067}\u{3059}\u{3002}\";",
        "e.exports={password:\"password_3kQz9\",token:\"token_x8Lm2\"}",
        "t.default={TOKEN_EOF:-1,TOKEN_STRING:4,SECRET_MASK:\"*\".repeat(8)};",
        "passwd-1:4.13+dfsg1-1",
        "secret-santa.docx|README",
        "google_client_id: 599824501819-94uoxpq3ryftryzpxlren4d0l7nurwga.apps.googleusercontent.com",
        "gcloud secrets list --secret=checkout-db --project=comet-prod-741515",
        "MD5 hash of secret-santa.docx:\n0018ff775277b2fc310714d7c21ad0b5",
        "the user  and a password",
        "Br/kmYk+d1F+seC5uRGYkcfWgnVvu17qrUANHI\nRy6/I6VI5rL4OhkoASV7rj31XIAq1I3kpRR/86bEDvxmAv0sWorm",
        "\"password_strength.js\": \"password_strength-b400a2f0e828744d.js\"",
        "send -- \"$env(SSH_PASS)\\r\"",
        "Authorization: token $$DEPLOY_TOKEN",
        "def connect(user, password=None):",
        "return self.token.value",
        "if token == self.token:",
        "keyboard: us-intl-2024",
        "compass: n0rth1234",
        "https://example.com:8080/a@b",
        "git clone https://git@github.com/x/y.git",
        "token: ${{ secrets.GITHUB_TOKEN }}",
        "secret: projects/1/secrets/x",
        "Authorization: Bearer $TOKEN",
        "Authorization: Bearer <token>",
        "password_file: /run/secrets/db1",
        "token_url = \"https://example.com/oauth2/token\"",
        "bearer of bad news 1234567890",
        "fn token(&self) -> Token2 {",
        "use crate::token::Token4Parser;",
    ]);
}
