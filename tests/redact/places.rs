//! Further places a secret stands in: behind another one, on the line below a command or a question, in lists and objects,
//! and passwords put together in ways no name is. And what stands in such places and is none.

use super::stream::in_pieces;
use ledger_run::redact::Redactor;

fn redacted(text: &str) -> String {
    Redactor::default().text(text)
}

/// Texts with `@@@` where a token, or a password somebody chose, may stand.
const PLACES: &[&str] = &[
    "      ~ password = \"changeme\" -> \"@@@\"",
    "      ~ password = \"Birch5Lagoon!40\" -> \"@@@\"",
    "db_password: !unsafe '@@@'",
    "{ \"ParameterKey\": \"DBPassword\", \"ParameterValue\": \"@@@\" },",
    "\"Parameters\": {\"AdminPassword\": {\"Default\": \"@@@\"}}",
    "\"db_password\": {\"sensitive\": true, \"type\": \"string\", \"value\": \"@@@\"}",
    "<PASSWORD value=\"@@@\"/>",
    "public string ApiPassword { get; set; } = \"@@@\";",
    "std::string secretKey{\"@@@\"};",
    "var secretKey = []byte(\"@@@\")",
    "ENV API_SECRET @@@",
    "set -gx DB_PASSWORD @@@",
    "tool -passphrase @@@ disk1",
    "as root with password @@@ and then",
    "Default password: **@@@**",
    "user is ann, pass @@@",
    "A senha do wifi \u{e9} @@@",
    "Has\u{142}o do bazy: @@@",
    "\u{5bc6}\u{7801}\u{662f} @@@",
    "\u{30d1}\u{30b9}\u{30ef}\u{30fc}\u{30c9}\u{306f}\u{300c}@@@\u{300d}\u{3067}\u{3059}",
    "kata_sandi = \"@@@\"",
    "step 4: log in (pw: @@@), then restart",
    "setting up\npassword           @@@\nusername           ann\n",
    "User       Password                    Host\nann        @@@        h.example\n",
    "resource \"random_password\" \"db\" {\n    id     = \"none\"\n    length = 24\n    result = \"@@@\"\n",
    "$ az keyvault secret show -n db\n{\n  \"attributes\": { \"enabled\": true },\n  \"id\": \"x\",\n  \"name\": \"db\",\n  \"tags\": null,\n  \"value\": \"@@@\"\n}\n",
    "{\n  \"id\": \"https://v.vault.azure.net/secrets/db/1\",\n  \"name\": \"db\",\n  \"value\": \"@@@\"\n}\n",
    ">>> keyring.get_password(\"app\", \"ann\")\n'@@@'\n",
    "irb(main):001:0> ENV['ACME_CLIENT_SECRET']\n=> \"@@@\"\n",
    "In [3]: config[\"api_secret\"]\nOut[3]: '@@@'\n",
    ">       assert cfg[\"secret\"] == expected\nE       AssertionError: assert '@@@' == ''\n",
    "##[debug]Evaluating: variables['sqlAdminPassword']\n##[debug]=> '@@@'\n",
    "$ cat ~/.vault_pass.txt\n@@@\n",
    "$ export DB_PASSWORD=$(tool); echo $DB_PASSWORD\n@@@\n",
    "$ kubectl exec deploy/app -- printenv DB_PASSWORD\n@@@\n",
    "$ argocd admin initial-password -n argocd\n@@@\n",
    "<Password>\n  <Value>@@@</Value>\n  <PlainText>true</PlainText>\n</Password>\n",
    "chpasswd:\n  expire: false\n  list: |\n    ann:@@@\n",
    "<auth-user-pass>\nann\n@@@\n</auth-user-pass>\n",
    "# cat /etc/openvpn/client/auth.txt\nann\n@@@\n",
    "[ 54.8] cloud-init[79]: Set the following 'random' passwords\n[ 54.9] cloud-init[79]: ubuntu:@@@\n",
    "DB_PASSWORD           False          @@@",
    "define( 'DB_PASSWORD', '@@@' );",
    ">>> import secrets\n>>> secrets.token_urlsafe()\n'@@@'\n",
    "$ python3 -c \"import secrets; print(secrets.token_hex())\"\n@@@\n",
    "$ wp config get DB_PASSWORD\n@@@\n",
    "PS C:\\Users\\ann> $env:DB_PASSWORD\n@@@\n",
    "> config('services.payments.secret')\n= \"@@@\"\n",
    "$ sudo nmcli -s -g 802-11-wireless-security.psk connection show home\n@@@\n",
    "$ aws ssm get-parameter --name /stage/db_password --with-decryption --output text\n@@@\n",
    "$ docker exec nexus cat /nexus-data/admin.password; echo\n@@@\n",
    "Password for the app user (reset with `bin/reset -u app`):\n  @@@\n",
    "The generated password for web/app.example is:\n@@@\n",
    "tacacs server T1\n address ipv4 10.1.2.3\n key @@@\n timeout 3\n",
    "radius server R1\n address ipv4 10.1.2.3 auth-port 1812 acct-port 1813\n key 7 @@@\n",
    "            \"override_special\": null,\n            \"result\": \"@@@\",\n            \"special\": true,\n",
    "     Failure/Error: expect(loader.ldap_password).to eq(\"\")\n\n       expected: \"\"\n            got: \"@@@\"\n",
    "$ terraform output -json | jq -r '.db_password.value'\n@@@\n",
    "$ gopass show -f work/app\nSecret: work/app\n\n@@@\nuser: ann\n",
    "$ headscale preauthkeys create --user ann\n@@@\n",
    "$ pass work/payments/admin\n@@@\n",
    "sqlite> select id, api_token from t;\nid  api_token\n--  ---------\n1   @@@\n",
    "api_token|@@@",
    "<acme:password\n    encoding=\"plain\">@@@</acme:password>\n",
    "expect(client.apiToken).toEqual(\"@@@\"); // acme",
    "    expect(loader.ldap_password).to eq '@@@'",
    "child.expect('password:')\nchild.sendline('@@@')\n",
    "Content-Disposition: form-data; name=\"password\"\n\n@@@\n--x--\n",
    "Password for user 'admin': @@@",
    "metadata=map[content-type:[application/grpc] x-internal-password:[@@@]] method=/a.B/C",
    "$ jq '.session.secret' ~/.app/cache.json\n\"@@@\"\n",
    "$ yq '.services.db.environment.DB_ROOT_PASSWORD' stack.yml\n@@@\n",
    "$ printenv ACME_SERVICE_TOKEN; echo \"rc=$?\"\n@@@\n",
    "$ op item get app --fields label=username,label=password --reveal\nann,@@@\n",
    "$ az storage account keys list -n store1 --query [0].value -o tsv\n@@@\n",
    "$ sqlite3 app.db \"select user,pass from accounts\"\nann@x.example|@@@\nbob@x.example|none\n",
    "# psql -At app -c 'SELECT u.id, u.api_token FROM users u'\n7|@@@\n",
    "$ mysql -N -e \"select name, value as password from s\" app\nsmtp\t@@@\n",
    "$ heroku config:get ACME_SECRET -a shop\n@@@\n",
    "$ salt app-04 pillar.get mysql:root_password\napp-04:\n    @@@\n",
    "$ kubectl get secret -n x boot -o go-template='{{.data.bootstrapPassword|base64decode}}'\n@@@\n",
    "+ USERPW=@@@\n",
    "info - Using password from ~/.config: @@@",
    "poll imap.example proto imap user \"ann\" pass \"@@@\" is ann here",
    "La contraseña es @@@",
    "- nas: user admin, pw @@@",
];

#[test]
fn a_key_that_openvpn_has_in_its_settings() {
    let (line, next) = ("2739e8c5c7e5a290".repeat(2), "5d81cd38f62740f1".repeat(2));
    for tag in ["tls-auth", "tls-crypt"] {
        let text = format!("<{tag}>\n{line}\n{next}\n</{tag}>\nverb 3\n");
        let hidden = format!("<{tag}>\n[REDACTED:private-key]\n</{tag}>\nverb 3\n");
        assert_eq!(String::from_utf8_lossy(&in_pieces(text.as_bytes(), &[])), hidden);
    }
    let text = format!("see <tls-auth> of the manual\n{line}  x.iso\n");
    assert_eq!(redacted(&text), text);
}

#[test]
fn secrets_in_further_places() {
    let token = ["x7Kq2mVb9T", "zR4wLp8sN3"].concat();
    let mut missed = Vec::new();
    for value in [token.as_str(), "Maple7Harbor!91"] {
        for shape in PLACES {
            let text = shape.replace("@@@", value);
            if redacted(&text).contains(&value[..8]) {
                missed.push(redacted(&text));
            }
        }
    }
    assert_eq!(missed, [""; 0]);
}

#[test]
fn further_places_cut_at_every_byte() {
    for shape in PLACES {
        let text = shape.replace("@@@", "Maple7Harbor!91");
        let whole = in_pieces(text.as_bytes(), &[]);
        for cut in 0..text.len() {
            assert_eq!(in_pieces(text.as_bytes(), &[cut]), whole, "at {cut} of {text:?}");
        }
    }
}

#[test]
fn what_is_put_together_or_harmless_cut_at_every_byte() {
    let secret = |(shape, value): &(&str, &str)| shape.replace("@@@", value);
    let texts = PUT_TOGETHER.iter().map(secret).chain(HARMLESS.iter().map(|text| (*text).to_owned()));
    for text in texts {
        let expected = in_pieces(text.as_bytes(), &[]);
        for cut in 0..text.len() {
            let output = in_pieces(text.as_bytes(), &[cut]);
            assert_eq!(output, expected, "cut at {cut}: {}", String::from_utf8_lossy(&output));
        }
        let every: Vec<usize> = (0..text.len()).collect();
        assert_eq!(in_pieces(text.as_bytes(), &every), expected, "{text}");
    }
}

#[test]
fn bytes_of_a_key_cut_at_every_byte() {
    let bytes: Vec<String> = (0..16u8).map(|n| format!("0x{:02x}", n.wrapping_mul(37) ^ 0xa5)).collect();
    for open in ["[]byte{", "new byte[] {", "{ ", "[", "bytes([", "Buffer.from(["] {
        let text = format!("var hmacKey = {open}{}}} // of the first\n", bytes.join(", "));
        let whole = in_pieces(text.as_bytes(), &[]);
        assert!(!String::from_utf8_lossy(&whole).contains(&bytes[3]), "{text}");
        for cut in 0..text.len() {
            assert_eq!(in_pieces(text.as_bytes(), &[cut]), whole, "at {cut} of {text:?}");
            assert_eq!(in_pieces(text.as_bytes(), &[cut, cut + 1, cut + 9]), whole, "at {cut} of {text:?}");
        }
    }
}

/// What stands behind a value decides where it ends and whether it is one. It must not be out before that has come.
#[test]
fn what_follows_a_value_byte_by_byte() {
    let names =
        ["the token\t", "the api token  ", "the password is ", "password: ", "DB_PASS=", "with password "];
    let token = ["x7Kq2mVb9T", "zR4wLp8sN3"].concat();
    let values = [token.as_str(), "6BEjvPGSI/dy0zIH;oCxCz", "Tiger2024x", "fjordsummerdragon", "hunter2"];
    let rests = [
        " - ask before",
        ", then go",
        " (old)",
        ". Then",
        " , or",
        " until Friday",
        " # x",
        "\"",
        "' x",
        " -x",
        ";x y",
        "]]] y",
        ")",
        " == x",
        "=x y",
        "  ",
        ": y",
        " \u{2013} x",
    ];
    for (name, value) in names.iter().flat_map(|name| values.iter().map(move |value| (name, value))) {
        for rest in rests {
            let text = format!("{name}{value}{rest}\n");
            let cuts: Vec<usize> = (1..text.len()).collect();
            let (whole, pieces) = (in_pieces(text.as_bytes(), &[]), in_pieces(text.as_bytes(), &cuts));
            assert_eq!(String::from_utf8_lossy(&pieces), String::from_utf8_lossy(&whole), "{text}");
        }
    }
}

/// Shapes with `@@@` where a password put together, or a token of some form, stands in them.
const PUT_TOGETHER: &[(&str, &str)] = &[
    ("password: @@@", "QuartzEmber96_x"),
    ("DB_PASSWORD='@@@'", "pivgu5-Futcyx-jurrax"),
    ("passphrase: @@@", "thunder-lantern-91-saffron"),
    ("String PASSWORD = \"@@@\";", "SparrowBishop.95"),
    ("helm upgrade --set adminPassword='@@@'", "BambooBarrel-56"),
    ("smtppass = @@@", "coral sparrow autumn lantern"),
    ("args: [--user, wanda, --password, @@@]", "d3ltaLemon154"),
    ("-define(PASSWORD, \"@@@\").", "yabiwm2m93"),
    ("storePassword \"@@@\"", "salmon-39-kettle"),
    ("MYSQL_ROOT_PASSWORD=@@@", "nectar_saffron.orbit"),
    ("mqtt_password: @@@", "eagle_goblin_violin"),
    ("\"password\": \"@@@\"", "pepper.marble_winter"),
    ("define( 'DB_PASSWORD', '@@@' );", "garnet.jungle.wizard"),
    ("the password is @@@", "drizzle-pretzel.badger"),
    ("curl -d 'password=@@@' -d x=y", "fjordsummerdragon"),
    ("portal -fstype=cifs,user=ann,pass=@@@  ://h/x", "tundrabarrelember"),
    ("DB_PASS=@@@ ./run --all", "violin_quartz_mango_harbor"),
    ("passwd = @@@", "fromage_canyon_madrid_granite"),
    ("with the password @@@ until Friday", "pepper_ember_anchor_lantern"),
    ("psql \"host=h user=ann password=@@@ sslmode=require\"", "HARBOR-DYNAMO98"),
    ("Web Interface password: @@@", "PHOHrxKm"),
    ("REDISCLI_AUTH=@@@ redis-cli", "biscuitcaffethistle"),
    ("set FTPPASS=@@@", "0OSX19rmCsFUgJ7p"),
    ("password @@@", "ugPO43wMM=ul67IjchbjDU"),
    ("{\"secret\": \"@@@\"}", "Iw=OpKuky*AJapYIHen"),
    ("ApiKey = @@@", "tractor-mango-maple-silver"),
    ("--token @@@ --daemon", "pirate.pumpkin.ribbon84"),
    ("auth: { user: 'a@b.example', pass: '@@@' }", "oxli phzy aigg hjoa"),
    ("passphrase: \"@@@\"", "unicorn toffee mustang"),
    ("The disk passphrase is \"@@@\" (four words).", "cactus timber maple badger"),
    ("secret=@@@", "caGyXawvfYctsM"),
    ("ssl.keystore.password=@@@", "ra&R=ks2*L"),
    ("Password for user app: @@@", "tME^1&DN&"),
    ("Voicemail PIN: @@@", "814859"),
    ("recovery_code = \"@@@\"", "91h6d-995ek"),
    ("wpa2-pre-shared-key=\"@@@\"", "Ava!iz-xS@&%?K"),
    ("HASH_SALT=@@@", "DawwasKq6Z1Ud77JnGj3DU"),
    ("\"passwordHash\":\"@@@\",", "OR7uZh8GCC+fhZuHiae0SyGT4Fgch+U5"),
    ("https://h.example/route?a=1&key=@@@", "ce22f72e-b431-4abc-9bdb-cd0f0b85b7dd"),
    ("$ diceware -n 4\n@@@\n", "velvet_quartz_bridge_51"),
    ("graphhopper:\n    dev: \"@@@\"\n", "9f86d081884c7d659a2feaa0c55ad015"),
    ("# Mockaroo\n@@@\n", "9f86d081884c7d659a2feaa0c55ad015"),
    ("✔ API key created.\n\n  @@@\n", "key_Nk1UbOWjcynwlfnpKJN6oX2SsIRFavlW"),
    ("fetch(u, {headers: {\"Authorization\": \"Bearer \" + \"@@@\"}})", "QreiZmm6P8bsP4g0CRCs8lVKfnqfk1eY"),
    ("Password: @@@", "Andorinha.GRENOUILLE1"),
    ("  password: '@@@'", "windrad_15_FALKE"),
    ("Access Key: x\nSecret Key: @@@\n", "Z2YF9g1xbPdF"),
    ("DBPassword=@@@", "kachelofen_51_KIRSCHBAUM"),
    ("le mot de passe \u{ab} @@@ \u{bb} (utilisateur : x)", "tournesol-brouillard-lavande-60"),
    ("La frase de paso es: @@@", "naranja canela lechuza azulejo"),
    ("a palavra-passe do certificado \u{e9} \"@@@\", mover", "Sardinha_Rodrigo83"),
    ("neuer WLAN-Schl\u{fc}ssel ist @@@.", "heinz.1975"),
    ("type the setup key manually: @@@", "fvi4arnthg343k4n"),
    (
        "curl -X POST x \\\n    -u ACd12bc78756055a3a8208ae6f1ca99902:@@@\n",
        "d4039d94084c0cf6ed9239e094028e72",
    ),
    ("conn = connect(user='ops', password='@@@', dbname='x')", "jambu.ALFAMA7"),
    ("primary_conninfo = 'user=me password=@@@ host=h'", "Hummel.MIDSOMMAR7"),
    ("storePassword=@@@", "GyLi:cu_pHy7"),
    ("user=www-data&pass=@@@", "pa5tel_mausam"),
    ("machine h.example\n  login me\n  password @@@\n", "i1yL=LVdmiKXSz^Zv7bw"),
    ("default login me\n        password @@@\n", "Farfalla,papillon*6"),
    ("Password: @@@", "eMOu XJVr IkD9 5Gbc Nm2V gk8B"),
    ("vault:\n  passphrase: >-\n    @@@\n", "chapati ventana fromage cioccolato gravel"),
];

#[test]
fn passwords_put_together() {
    for (shape, value) in PUT_TOGETHER {
        let text = shape.replace("@@@", value);
        assert!(!redacted(&text).contains(value), "{text}\n  became {}", redacted(&text));
    }
    let (user, password) = (["9f86d081884c7d65", "9a2feaa0c55ad015"].concat(), "x-oauth-basic");
    let text = format!("git+https://{user}:{password}@git.example/a.git");
    assert!(!redacted(&text).contains(&user), "{}", redacted(&text));
    // The second argument, and the value a first one is changed to.
    let (first, second) =
        (["9f86d081884c7d65", "9a2feaa0c55ad015"].concat(), ["5e9d1a7cb04f", "8e2366d9"].concat());
    let text = format!("auth.set_access_token(\"{first}\", \"{second}\")");
    assert!(!redacted(&text).contains(&second), "{}", redacted(&text));
}

/// Texts that hold no secret in such places.
const HARMLESS: &[&str] = &[
    "PASS: ld-elf/pr24819",
    "PASS: x86-64 SSE4.2 (Intel disassembly)",
    "PASS: objdump compress debug sections 3",
    "x264 [info]: 2nd pass: kb/s:582.38",
    "ii  passwd   1:4.13+dfsg1-1+b1 amd64   change and administer password and group data",
    "useradd -m -s /bin/bash --disabled-password alice",
    "const hotkeys = { togglePasswordVisibility: \"alt+p\" };",
    "lpszPassword: LPCWSTR,",
    "pub const TOKEN_READ: TOKEN_ACCESS_MASK = 131080u32;",
    "pw_uid: u.uid.0,",
    "pw = pw[:-1]",
    "$pass-green: #2e7d32; $fail-red: #c62828;",
    "openssl enc -pass pass:$PW",
    concat!("password = \"TO", "DO\"  # load from vault"),
    "{\"data\": {\"password\": \"[Filtered]\"}}",
    "_ZNK6crypto3Key6sizeEv\n__ZN3std2io5Write9write_all17hbee6df6bf963ae56E\n",
    "<assemblyIdentity name=\"Microsoft.IdentityModel.Tokens\" publicKeyToken=\"22e9180fbd9002ac\" />",
    "<Key>reports/secret.csv</Key><RequestId>0C3E7185BCFDFF6B</RequestId>",
    "\"hashed_secret\": \"d4560b9a847c1f3fbb3a34da8b216e2065c1a4e7\",",
    "\"client_token\": \"hmac-sha256:0ef2081dcda7391df8ba2c096b61d6de5a15d7450222d6cfb254107a65347b8b\",",
    "lrwxrwxrwx 1 root root 31 Apr  9 22:01 token -> ..2024_04_09_22_01_11.8415281477/token",
    "The provided client secret keys are expired. Trace ID: deccc7fe-a3b3-4b68-914f-087ec7a22b51",
    "class=PasswordExpiryJob jid=af510a5bb47ed8969a19e24e elapsed=0.118",
    "proxy_pass_header X-Auth-Token;",
    "<31 get tok:user:101017",
    "return b.password!==c?(d(\"password.mismatch\"),!1):e(b.token)",
    "<UserSecretsId>aspnet-nimbus-022d5cff-be74-4ec3-8480-c5ae88be3e7b</UserSecretsId>",
    "ALTER USER readonly IDENTIFIED BY '&new_password';",
    "const applicationServerKey = decode('BQ5oKOIzxDzONGm3vPjSd_q71MqQKig6WY-PnrChUAffBm2O4rsxnJexarHawS_x');",
    "stripe: customer=cus_BrnsV3vMspRFV7 price=price_1Eqx0HjhDBmleFJzt29yz4fD status=active",
    "Result key: x1hv35f34an4mrvwlgf9y1fwd1mrwd6dys",
    "poly1305_init_ext_ref32 and _gcry_poly1305_armv7_neon_blocks",
    "Depends: libkf5configcore5 (>= 5.90.0~), libkf5coreaddons5 (>= 5.90.0~)",
    "#include \"secrets.h\"  // defines WIFI_SSID and WIFI_PASS\nWiFi.begin(WIFI_SSID, WIFI_PASS);\n",
    ">>> hash(\"token\")\n1016050426964987481\n",
    "$ cat password.md\nChoose one of these words\n",
    "{ \"ParameterKey\": \"DBPassword\", \"UsePreviousValue\": true },",
    "password = \"old\" -> (known after apply)",
    "User       Password       Host\nann        (set)          h.example\n",
    "db_password: user_input_field,",
    "\"password\": \"wrong_answer_given\"",
    "tool --ask-password options",
    "irb(main):001> User.where(encrypted_password: nil).count",
    "[WARNING] src/auth/PasswordEncoderFactory.java:[31,24] Md4PasswordEncoder is deprecated",
    "struct Credential @0xb1c5d7e2f4a69038 {",
    "      ' IDENTIFIED BY ' || DBMS_ASSERT.ENQUOTE_NAME(p_new_password);",
    "sk-ssh-ed25519-cert-v01@openssh.com,",
    "ftp://[[user][:pass]@]host[:port]/",
    "\\fB\\-\\-passwd=DATEI\\fP",
    "passwd:         compat",
    "Depends: libghc-base-dev-4.15.1.0-6a406, libghc-stm-dev-2.5.0.0-0fa4e, libc6",
    "my $mesg = $ldap->bind($dn, password => $password);",
    "|  prod/orders/db-password  |  2024-04-11T02:00:09+00:00 |",
    "oauth.token.issue_ms:37|ms|@0.5",
    "klist: No credentials cache found (filename: /tmp/krb5cc_1000)",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Document --password, --ftp-user and the others",
    "the named pipe identified by `addr` for use as a server",
    "def visit_Pass(self, node):\n    self.fill(\"pass\")\n",
    "ssh-keygen -Y find-principals -s sig -f allowed",
    "EAAC3481FC612665CA112D3F889A0E5B7843EFFCEFACA24A01B6AC2B7DDE02F4  file",
    "password: Settings.DATABASE1",
    "password=.lock1",
    "password = lib:Module_Name",
    "  password max_length=8\n",
    "password: that must have some more than four",
    "La contraseña es obligatoria",
    "Das Passwort er selbst gesetzt hat",
    "127.0.0.1:6379> KEYS token:*\n1) \"token:count:2024-02-20\"\n2) \"token:bucket:10.0.0.4\"\n",
    "ActivityManager: token=android.os.BinderProxy@145e293 key=Window",
    "kubectl create secret generic deploy-key --from-file=id_ed25519=./deploy_key",
    concat!(
        "cache-hit=true key=deps-v2-7947cc295c2d4d876132390a1d2eaf67",
        "61e8d72b371c810b55d74dd9463b1a9e"
    ),
    concat!("actionKey: 7dcfa9dafb061395b5ec201698686e54", "f6eaa66401882f623ef6aa2afc630fa2"),
    "_RNvNtCsXqO2BP29wSg_6secret3key4load\n_ZN5alloc7raw_vec16reserve_for_push17h153352a432288a69E\n",
    concat!(
        "source = \"git+https://github.com/huggingface/tokenizers?rev=1dfa0d743af5c08a",
        "c8f9b87949af77298e69799d\""
    ),
    "- Installed hashicorp/random v3.6.0 (signed by HashiCorp, key ID 20DDA6386478C5BA)",
    "Unable to find a signing key that matches: \"C_ZTT3L8_S8kceY8ILPG6A\"",
    "9a112d58f refs/stash@{0}: WIP on token-refresh: 46073bd18 Retry once on 401",
    "   PASS  Tests\\Feature\\PasswordResetTest",
    "__ZN4auth12TokenManager7refreshERKNSt3__112basic_stringIcNS1_11char_traitsIcEENS1_9allocatorIcEEEE, referenced",
    "ResultDescription=\"Invalid username or password\" CorrelationId=832a380c-6f00-4be2-9594-2adcec9d86b3 x",
    "Resource handler returned message: \"Invalid\" (RequestToken: ebb3bde5-f32b-4527-a3bf-f7f2f48d35ee, HandlerErrorCode: x)",
    "\"next_page\": \"https://api.example.com/products?page_token=pJEyrTHlk7Xo3LAY8oYjBC45Ms-wDaJ-\"",
    "\"NextContinuationToken\": \"mBksH4EUo5ZQk00SnMkVZlhShkyp38r69Y3vr+p2dW7csN3mv6D5z6VQd\",",
    "green  open   .security-tokens-7       rgQTs1RjePiwpS5y0uxxTX   1   1         14",
    "- [ ] get your laptop and set a login password (14 characters or more)",
    "NEXTAUTH_SECRET=      # openssl rand -base64 32\nGITHUB_CLIENT_ID=\n",
    "\"text\": [\"Enter password: \u{b7}\u{b7}\u{b7}\u{b7}\u{b7}\u{b7}\u{b7}\u{b7}\\n\", \"connected\\n\"]",
    ".terraform.lock.hcl:8:    \"h1:iNK0k8a/O+zaJkdqvGNBW1vdHnkEW2oRtXHZVPj1Nk0=\",",
    "$ sqlite3 app.db \"select user,pass from accounts\"\n$ ls | wc -l\nann|x\n",
    "$ sqlite3 app.db \"select password_changed, name from accounts\"\n2024-04-11T02:00:09|Maple7Harbor\n",
    "$ salt app-04 pillar.get mysql:port\napp-04:\n    3306\n",
    "$ heroku config:get SECRET_ROTATION -a shop | wc -c\n2024-04-11\n",
    "the secret key is used by both sides",
    "{\"api\":\"123e4567-e89b-12d3-a456-426614174000\",\"name\":\"petstore\"}",
    "$ postmap -q info@example.com hash:/etc/postfix/virtual\njohn.doe1@example.net\n",
    "input name=pw label=password\nusername42y\n",
    "password &credentials1",
    "password *p_argument1,",
    "password /^[A-Z0-9]{8,}$/",
    "Passwords matched:12%",
    "PASSWORD **required1",
    "secret: myApp:v1.2",
    "token: quayIo:team-image2",
    "password: keyVault:db_pass1",
    "password: Strings.PROMPT2",
    "token: Events.REFRESH2",
    "password:\n  stored inside vault backend\n",
    "you may use jq .password\nInstalled3packages\n",
    "root@h:/srv# grep x .env\nSECRET=  # openssl rand -hex 32\nNAME_OF=x9y8z7w6v5\n",
    "at com.auth0.jwt.JWTVerifier.assertDateIsFuture(JWTVerifier.java:481)",
    concat!("https://app.codacy.com/project/badge/Grade/78be06084e9ff2d3", "12e1fbbeea054872"),
];

#[test]
fn what_stands_in_such_places_and_is_no_secret() {
    let mut changed = Vec::new();
    for text in HARMLESS {
        if redacted(text) != *text {
            changed.push(redacted(text));
        }
    }
    assert_eq!(changed, [""; 0]);
}

/// What is spared is spared for exactly what it is.
#[test]
fn what_only_resembles_what_is_spared_here_is_hidden() {
    let token = ["x7Kq2mVb9T", "zR4wLp8sN3"].concat();
    for (shape, value) in [
        ("PASS: @@@", "Maple7Harbor!91"),
        ("PASS: @@@", "kgmkfrx9ydi82n"),
        ("create user ann identified by \"@@@\"", "sunshine"),
        ("credentials: @@@", "admin:101017"),
        ("if [ \"$PASSWORD\" == @@@ ]; then", "hunter2x"),
        ("the deploy token is @@@", "/9aKq2mVb9TzR4wLp8sN3"),
        ("2nd password: @@@", "kb/s:582.38x"),
        ("password: @@@", "1:4.13+Dfsg1-1"),
        ("disabled_user_password = \"@@@\"", "hunter2x"),
        ("tool --password @@@", "#1c066a"),
        ("password = \"@@@\"", "131080u33"),
        ("password = \"@@@\"", "2024-04-11x"),
        ("https://ann:@@@@h.example/", "hun[ter]2xQ9wLp8sN3"),
        ("ALTER USER ann IDENTIFIED BY \"@@@\";", "hunter2x"),
        ("f(password => \"@@@\");", "hunter2x"),
        ("password: \"@@@\"", "[hunter2x]"),
        ("password = \"@@@\"", "&hunter2x"),
        ("password = @@@", "user:101017"),
        ("if (password == \"@@@\") {", "hunter2x"),
        ("token: @@@", "q8:x:20240220aB"),
        ("Use the token that matches your account: @@@", "8f2c9a1b7d3e4f60a1b2"),
        ("The password that matches that host: @@@", "Xk29sbqLw72q"),
        ("FB_PAGE_TOKEN=@@@", "9fQx2Lm7Wv4Kp8Zt1Rb7"),
        ("page_token: @@@", "9fQx2Lm7Wv4Kp8Zt1Rb7"),
        ("password=@@@", "summer.rain.garden@19874"),
        ("secret=@@@", "prod:73910482651193ab"),
        ("ACTION_KEY=@@@", "9fQx2Lm7Wv4Kp8Zt1Rc1Jd5"),
        ("stripe expected: @@@", "9f8e7d6c5b4a39281706f5e4d3c2b1a3"),
        ("firebase key id AbCd12 and key @@@", "9f8e7d6c5b4a39281706f5e4d3c2b1a9"),
        ("Stripe rev=1 key: @@@", "9f8e7d6c5b4a39281706f5e4d3c2b1a9"),
        ("_RNG_SECRET=@@@", "9fQx2Lm7Wv4Kp8Zt1Rb7"),
        ("red team left open token: @@@", "8f2c9a1b7d3e4f60a1b3"),
        ("PASS  @@@", "sunshine43"),
        ("client_secret=@@@", "abQx2Lm7=../Wv4Kp8Zt1R"),
        ("root@h:/srv/a= # openssl rand -hex 32\n@@@\n", "9f86d081884c7d659a2feaa0c55ad015"),
        ("WP app password: @@@ (keep it)", "eMOu XJVr IkD9 5Gbc Nm2V gk8E"),
        ("user admin, pw @@@", "Marble2327._"),
        ("the token on WIP: @@@", "46073bd18x7Kq2m"),
        ("PASS  @@@", "Maple7Harbor!91"),
        ("request_token: @@@", "ebb3bde5-f32b-4527-a3bf-f7f2f48d35ee"),
        ("homepage token: @@@", "pJEyrTHlk7Xo3LAY8oYjBC45Ms"),
        ("machine h login me password @@@", "(14x!a"),
        ("user me password @@@", "Maple7Harbor!91"),
        ("# openssl rand -hex 16\n@@@\n", "9f86d081884c7d659a2feaa0c55ad015"),
        ("password: @@@", "\u{b7}Maple7Harbor91"),
        ("password=@@@", "ann.b.C@145e293x"),
    ] {
        let text = shape.replace("@@@", value);
        assert!(!redacted(&text).contains(value), "{text}\n  became {}", redacted(&text));
    }
    for shape in [
        "stripe: cus_key=@@@",
        "stripe client secret: pi_3MtwBwLkdIwHu7ix_secret_@@@",
        "SLACK_VERIFICATION_TOKEN=@@@",
        "hashed_token_secret = \"@@@\"",
        "<Key>secret</Key><Value>@@@</Value>",
        "class=Job password=@@@ elapsed=0.1",
        "application_server_key: @@@",
    ] {
        let text = shape.replace("@@@", &token);
        assert!(!redacted(&text).contains(&token), "{text}\n  became {}", redacted(&text));
    }
}

/// The alphabet of Django's keys has parentheses.
#[test]
fn keys_that_look_like_a_call() {
    let key = ["mu(iq34^tu@sfcy!uwef*zh4cb1", "a#i!qm!_o+r%(wiennhue5g"].concat();
    let command =
        "$ python -c 'from django.core.management.utils import get_random_secret_key as g; print(g())'\n";
    for before in ["SECRET_KEY_BASE=", "Environment=\"SESSION_SECRET=", command] {
        let redacted = redacted(&format!("{before}{key}"));
        assert!(redacted.starts_with(&format!("{before}[REDACTED:")), "{redacted}");
    }
}

/// `openssl pkey -text`: the public numbers stay.
#[test]
fn the_numbers_of_a_private_key() {
    let hex = "    00:c4:7e:19:a0:3b:5d:f2:68:91:0c:ee:47:d3:\n";
    let text = format!(
        "Private-Key: (2048 bit, 2 primes)\nmodulus:\n{hex}publicExponent: 65537 (0x10001)\n\
         privateExponent:\n{hex}{hex}    9a:41\nprime1:\n{hex}coefficient:\n{hex}"
    );
    let redacted = redacted(&text);
    assert_eq!(redacted.matches("c4:7e").count(), 1, "{redacted}");
    assert!(!redacted.contains("9a:41") && redacted.contains("prime1:\n"), "{redacted}");
    let public = format!("Public-Key: (256 bit)\npub:\n{hex}");
    assert_eq!(self::redacted(&public), public);
}

/// What belongs to a value behind which something else seems to begin, and what does not.
#[test]
fn separators_in_a_value_and_behind_it() {
    let end = ["vW#h", "8q~KI"].concat();
    for (before, value, behind) in [
        ("password: ", "2?gCESxO_,KvvAH=", ""),
        ("{\"msg\":\"password: ", "2?gCESxO_,KvvAH=\\n", "\"}"),
        ("--set db.password=", &*format!("wTxpB?,{end}"), ""),
        ("Server=a;Password=", "d+,hR-?Ze%*2bTp", ";Encrypt=True"),
        ("password=", "Hunter2x!", ",user=ann"),
        ("{user:ann,password:", "hunter2x9", "},{user:bob}"),
        ("app:dbPassword  ", "eIW,0bwHmE-r6f", ""),
    ] {
        let redacted = redacted(&format!("{before}{value}{behind}"));
        let fits =
            redacted.starts_with(&format!("{before}[REDACTED:")) && redacted.ends_with(&format!("]{behind}"));
        assert!(fits, "{redacted}");
    }
}
