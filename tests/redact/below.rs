//! Secrets that stand below their name: on a later line, in a column. And names in other languages.

use ledger_run::redact::Redactor;

/// Letters and digits that are the same in every run, and look like a token.
fn token() -> String {
    ["x7Kq2mVb9T", "zR4wLp8sN3", "cY6hJd1gF5"].concat()
}

fn redacted(text: &str) -> String {
    Redactor::default().text(text)
}

/// Texts with `VALUE` below its name.
const BELOW: &[&str] = &[
    "env:\n  - name: LOG_FORMAT\n    value: json\n  - name: ACME_API_TOKEN\n    value: VALUE\n",
    "env:\n  - name: ACME_API_TOKEN\n    value: \"VALUE\"\n",
    "variable \"acme_token\" {\n  type    = string\n  default = \"VALUE\"\n}\n",
    "{\n  \"Name\": \"/prod/acme-token\",\n  \"Type\": \"SecureString\",\n  \"Value\": \"VALUE\"\n}\n",
    "{\n  \"key\": \"acme_api_key\",\n  \"value\": \"VALUE\"\n}\n",
    "<dict>\n\t<key>AcmeSecret</key>\n\t<string>VALUE</string>\n</dict>\n",
    "  [\"acme_token\"]=>\n  string(30) \"VALUE\"\n",
    "1) \"acme_api_key\"\n2) \"VALUE\"\n",
    "@pytest.fixture\ndef acme_token():\n    return \"VALUE\"\n",
    "Created new Acme api key.\n\n    VALUE\n\nStore it now.\n",
    "please use this access token until Friday:\n\nVALUE\n\nThanks\n",
    "Acme api token\nVALUE\n",
    "[cypress]\nhost = ci.example\nrecord_key = VALUE\n",
    " id | name | api_key\n----+------+---------\n  1 | acme | VALUE\n(1 row)\n",
    "| user | password |\n|------|----------|\n| app  | VALUE |\n",
    "user,password,role\napp,VALUE,admin\n",
    "host\tuser\tpassword\nh.example\tapp\tVALUE\n",
    "- in: header\n  description: Acme api token\n  default: 'VALUE'\n",
    "? acme_token\n: VALUE\n",
    "acme_key_token = <<-EOT\n  VALUE\nEOT\n",
    "{\n  \"acme\": {\n    \"api_key\": {\n      \"prod\": \"VALUE\"\n    }\n  }\n}\n",
    "\"secret\":\n    \"VALUE\",\n\"region\": \"eu-west-1\"\n",
    "acme_tokens:\n  * VALUE\n",
    "acme_token:\n- \"VALUE\"\n",
    "127.0.0.1:6379> GET config:acme:api_key\n\"VALUE\"\n",
    "[1] pry(main)> Rails.application.credentials.acme_token\n=> \"VALUE\"\n",
    "  [\"token\":protected]=>\n  string(30) \"VALUE\"\n",
    ">       assert settings.acme_api_key == ''\nE       AssertionError: assert 'VALUE' == ''\n",
    "<name>signing_key</name>\n<value><![CDATA[VALUE]]></value>\n",
    "<param-name>acmeToken</param-name>\n<param-value>VALUE</param-value>\n",
    "Please use the following password to proceed:\n\nVALUE\n",
    "Your new Acme API token has been created. Copy it now, it will not be shown again:\n\n  VALUE\n",
    "$ openssl rand -base64 24\nVALUE\n",
    "\u{279c}  app git:(main) echo $DB_PASSWORD\nVALUE\n",
    "~ \u{276f} pass web/forum.example\nVALUE\n",
    "$ jq -r .auth.token ~/.config/app/session.json\nVALUE\n",
    "$ kubectl view-secret mail-relay smtp\nVALUE\n",
    "$ cat /etc/app/session.key\nVALUE\n",
    "$ uci get wireless.radio0.key\nVALUE\n",
    ">>> client.key\nVALUE\n",
    "Copy this key\nVALUE\n",
    "irb> Settings.acme_token\n=> \"VALUE\"\n",
    "me@host:~$ bw get password db.example  # for the job\nVALUE\n",
    "> terraform output -raw acme\nVALUE\n",
    "< 334 UGFzc3dvcmQ6\n> VALUE\n",
    "\u{1b}[1mAcme api key:\u{1b}[0m\n  \u{1b}[32mVALUE\u{1b}[0m\n",
];

#[test]
fn a_value_below_its_name_is_hidden() {
    let missed: Vec<String> = BELOW
        .iter()
        .map(|text| redacted(&text.replace("VALUE", &token())))
        .filter(|text| text.contains(&token()[..8]))
        .collect();
    assert!(missed.is_empty(), "{} missed:\n{}", missed.len(), missed.join("\n"));
}

#[test]
fn the_value_is_hidden_wherever_it_comes_again() {
    let text = format!("- name: ACME_TOKEN\n  value: {}\nlater: {}\n", token(), token());
    assert!(!redacted(&text).contains(&token()));
}

/// Lines below a name that are no values of it.
const STAYS: &[&str] = &[
    "- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef:\n      name: db-credentials\n      key: password\n",
    "- name: API_TOKEN\n- name: BUILD_ID\n  value: 20261126x7Kq2mVb9T\n",
    "variable \"db_password\" {\n  type = string\n  description = \"Password of release 2026.11\"\n}\n",
    "fn next_token() {\n    let value = parser.advance2(buffer);\n}\n",
    "def token():\n    return \"identifier\"\n",
    "Public key:\nMCowBQYDK2VwAyEAx7Kq2mVb9TzR4wLp8sN3cY6hJd1gF5aB=\n",
    "Fix the access token\n\n1f2e3d4c5b6a79880f1e2d3c4b5a69788796a5b4\n",
    "| Option | Password | Meaning |\n|---|---|---|\n| -p | asks for it | none |\n",
    "check(user, password)\ncall(app, 2026x11y26)\n",
    "Enter the api key:\nhttps://docs.example/keys/2026\n",
    "token,\nself.parse_2026_format(value)\n",
    "names = [\n    'username',\n    'password',\n    'hostport8080',\n]\n",
    "$ openssl rand -hex 32 > key.hex\nx7Kq2mVb9TzR4wLp8sN3\n",
    "$ openssl rand -hex 32\n/root/.rnd is not writable\n",
    "use `openssl rand -hex 16` for it\nx7Kq2mVb9TzR4wLp8sN3\n",
    "KEY=$(openssl rand -hex 32)\n1f2e3d4c5b6a79880f1e2d3c4b5a69788796a5b4\n",
];

#[test]
fn what_is_no_value_stays() {
    let changed: Vec<String> =
        STAYS.iter().map(|text| redacted(text)).filter(|text| text.contains("[REDACTED")).collect();
    assert!(changed.is_empty(), "{} changed:\n{}", changed.len(), changed.join("\n"));
}

#[test]
fn a_name_waits_five_lines_for_its_value() {
    let filler = "about it\n";
    for (lines, gone) in [(4, true), (5, false)] {
        let text = format!("- name: ACME_TOKEN\n{}  value: {}\n", filler.repeat(lines), token());
        assert_eq!(!redacted(&text).contains(&token()), gone, "{lines} lines between");
    }
}

#[test]
fn passwords_are_known_by_their_names_in_other_languages() {
    let password = ["Tr0ub4", "dor&3"].concat();
    for name in [
        "Kennwort",
        "contrase\u{f1}a",
        "mot_de_passe",
        "senha",
        "wachtwoord",
        "passord",
        "has\u{142}o",
        "heslo",
        "\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}",
        "\u{41f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}",
        "\u{5bc6}\u{7801}",
        "\u{30d1}\u{30b9}\u{30ef}\u{30fc}\u{30c9}",
        "\u{be44}\u{bc00}\u{bc88}\u{d638}",
    ] {
        let text = redacted(&format!("{name}: {password}\n"));
        assert!(!text.contains(&password), "{text}");
    }
    // The colon of full width.
    assert!(!redacted(&format!("\u{5bc6}\u{7801}\u{ff1a}{password}\n")).contains(&password));
}

#[test]
fn passwords_people_choose_are_hidden() {
    for password in [
        "Secret12345",
        "#1c066a",
        "cheese-Nectar-793",
        "Coffee8902_",
        "urchinplaya4591",
        "BuBqM%s4bZoJg2pSg",
        "hQcbFrS.CyB3zfLshL",
    ] {
        for text in [
            format!("password: \"{password}\""),
            format!("db_password = '{password}'"),
            format!("Dim password As String = \"{password}\""),
            format!("tool --password {password}"),
            format!("  Password .............. {password}"),
            format!("password: !!str {password}"),
            format!(
                "INSERT INTO users (id, name, password) VALUES (1, 'ann', ''), (2, 'bob', '{password}');"
            ),
        ] {
            assert!(!redacted(&text).contains(password), "{text}");
        }
    }
    let phrase = "passphrase: autumn-bonjour-sonne-quarry";
    assert!(!redacted(phrase).contains("sonne"), "{}", redacted(phrase));
}

#[test]
fn passwords_of_words_are_told_from_names_of_things() {
    for password in [
        "pirate_sunset_27",
        "Cactus.summer.16",
        "jaguar-salmon-guitar61",
        "velvet-spring-cactus-bicycle",
        "KztZ qJjo Nbof cCBl 2psS R0ly",
    ] {
        for text in [
            format!("DB_PASSWORD='{password}'"),
            format!("\"mail.password\": {{\"value\": \"{password}\", \"origin\": \"x\"}}"),
            format!("[{{user,\"app\"}},{{password,<<\"{password}\">>}}]"),
            format!("<td class=\"e\">SMTP_PASSWORD </td><td class=\"v\">{password} </td>"),
        ] {
            assert!(!redacted(&text).contains(password), "{text}");
        }
    }
    // With a capital and a number, a digit for a letter, or a number behind some words.
    for password in [
        "Kellerassel_8",
        "LetTheDogsOut_41",
        "torre.Pisa4",
        "Tom-und-Ka7er",
        "keyst0re-Lyon",
        "Omas Apfelbaum 1952",
    ] {
        for text in [format!("\"password\": \"{password}\""), format!("  smtp_password = '{password}'")] {
            assert!(!redacted(&text).contains(password), "{text}");
        }
        let setting = format!("SMTP_PASSWORD={password}");
        assert!(password.contains(' ') || !redacted(&setting).contains(password), "{setting}");
    }
    for text in [
        "comment on the ticket password=S3cretX1kq",
        "resource \"password\" = \"S3cretX1kq\"",
        "bearer <password>S3cretX1kq</password>",
        "wrongPassword=S3cretX1kqLm9",
        "password=string|S3cretX1kq",
        "Redis cache password: S3cretX1-q",
        "/run/secrets/db_password:S3cretX1",
        "/run/secrets/api_token:S3cretX1kq",
        "password account: S3cretX1kq",
    ] {
        assert!(!redacted(text).contains("S3cretX1"), "{}", redacted(text));
    }
    let restored =
        format!("Cache restored from key: Linux-cargo-{}", "9f86d081884c7d659a2feaa0c55ad015".repeat(2));
    for text in [
        restored.as_str(),
        "Token account: D3bfSmdyerfaNmBc9AmnaoM6TGmKoHvq7kCYo98WhtG4",
        "password: app-server-2",
        "password = 'shared-mysql-root'",
        "password: config.database.password",
        "pass: main-color-blend",
        "\"password\": \"must have four digits here now\"",
        "x: acme/secret-sync:2c6e9723 done",
        "<TextField type=\"password\" value={password} onChange={e => set(e)} />",
        "\"password\"=>\"[FILTERED]\"",
        "pub tv_sec: __kernel_time64_t,",
    ] {
        assert_eq!(redacted(text), text);
    }
}

#[test]
fn what_follows_the_name_of_a_password_and_is_none_stays() {
    for text in [
        "\"password\": \"Client-Form-2\"",
        "password = newValue_2,",
        "\"password\": \"At least 12\"",
        "'password' => 'required|min:12|confirmed',",
        "Authorization => 'Bearer <token>'})->status_is(401);",
        "    ~ resource \"random_password\" \"admin\" {",
        "\"generate-password\": \"^1.7.1\",",
        "INVALID_PASSWORD: 4014",
        "kafka.server - INFO - Cluster ID = 7xwW1zkCDxdhD42m0UG_Z_",
        "COMMENT ON TABLE password_history IS 'digests of the last 5 passwords';",
        "password = $stdin.noecho(&:gets).chomp",
        "track04_winter_pass.flac 20009ACB",
        "<td class=\"c\">password</td><td class=\"c\">varchar(255)</td>",
        "vault operator unseal   Unseals the Vault server",
        "run `keytool -changealias -alias signing-old -destalias signing-new`",
        "spotify:track:8Qd074IxEOW67c2pNH2QWV",
        "<input type=\"password\" value=\"\"/>",
        "checkout: trace service.instance.id: aa076251-32cf-4728-960b-472b754c771c",
        "276c2a9f-8799-4de5-8aad-6c826d12803c,a301c9a3-fb6d-46b1-83d8-a1272701bed1",
    ] {
        assert_eq!(redacted(text), text);
    }
}

/// Whoever reads a log of JSON must still be able to once it is redacted.
#[test]
fn what_was_json_is_json() {
    for text in [
        "curl -H \"X-Api-Token: VALUE\" https://h.example",
        "{\"a\": \"token=VALUE\"}",
        "db_password='VALUE' and \"secret=VALUE\"",
        "[\"API_TOKEN=VALUE\",\"LANG=C\"]",
        "password: VALUE\\",
    ] {
        let mut json = serde_json::to_string(&text.replace("VALUE", &token())).expect("a string");
        for _ in 0..3 {
            let redacted = redacted(&json);
            let parsed: Result<String, _> = serde_json::from_str(&redacted);
            assert!(parsed.is_ok() && !redacted.contains(&token()), "{redacted}");
            json = serde_json::to_string(&json).expect("a string");
        }
    }
}

#[test]
fn a_string_inside_a_string_is_looked_into() {
    let text = format!("buildConfigField(\"String\", \"ACME_API_KEY\", \"\\\"{}\\\"\")", token());
    assert!(!redacted(&text).contains(&token()), "{}", redacted(&text));
}

#[test]
fn columns_that_white_space_parts_are_a_table() {
    let table = format!("NAME       ACCESS_TOKEN       CREATED\nci-7f6c    {}   2025-05-20\n", token());
    assert!(!redacted(&table).contains(&token()), "{}", redacted(&table));
    let counts = "TOKEN      COUNT    LAST\nidentifier  12       3 days\n";
    assert_eq!(redacted(counts), counts);
}

/// What is spared because of its surroundings is spared for exactly these.
#[test]
fn what_only_resembles_something_harmless_is_hidden() {
    for before in [
        "token.ts: '",
        "db.password.js=",
        "token: v1.2.3-",
        "secret: 1.2.3+",
        "<password>');",
        "'config.py' secret='",
    ] {
        let text = format!("{before}{}", token());
        let text = if before.starts_with('<') { text + "</password>" } else { text };
        assert!(!redacted(&text).contains(&token()), "{text}");
    }
}
