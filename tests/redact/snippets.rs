//! Texts as people write them every day, with nothing in them to hide: what they are, and the text.

pub(super) const SNIPPETS: &[(&str, &str)] = &[
    (
        "nginx",
        "server {\n  listen 443 ssl;\n  ssl_certificate /etc/ssl/site.pem;\n  ssl_certificate_key /etc/ssl/private/site.key;\n  auth_basic_user_file /etc/nginx/.htpasswd;\n  proxy_set_header Authorization $http_authorization;\n}\n",
    ),
    (
        "compose",
        "services:\n  db:\n    image: postgres:16.4-alpine\n    environment:\n      POSTGRES_PASSWORD: ${DB_PASSWORD:?set it}\n      POSTGRES_PASSWORD_FILE: /run/secrets/db_password\n    secrets: [db_password]\n",
    ),
    (
        "workflow",
        "      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683\n        with:\n          token: ${{ secrets.GITHUB_TOKEN }}\n          ssh-key: ${{ secrets.DEPLOY_KEY }}\n          cache-key: build-${{ runner.os }}-${{ hashFiles('**/Cargo.lock') }}\n",
    ),
    (
        "terraform",
        "variable \"db_password\" {\n  type      = string\n  sensitive = true\n}\nresource \"aws_db_instance\" \"main\" {\n  password = var.db_password\n  kms_key_id = aws_kms_key.main.arn\n}\n",
    ),
    (
        "kubernetes",
        "        env:\n        - name: API_TOKEN\n          valueFrom:\n            secretKeyRef:\n              name: backend-credentials\n              key: api-token\n        imagePullSecrets:\n        - name: registry-pull-secret\n",
    ),
    (
        "systemd",
        "[Service]\nEnvironmentFile=-/etc/default/app\nLoadCredential=token:/etc/app/token\nExecStart=/usr/bin/app --token-file ${CREDENTIALS_DIRECTORY}/token\nKeyringMode=private\n",
    ),
    (
        "sshd_config",
        "PasswordAuthentication no\nPermitEmptyPasswords no\nAuthorizedKeysFile .ssh/authorized_keys .ssh/authorized_keys2\nHostKey /etc/ssh/ssh_host_ed25519_key\nKbdInteractiveAuthentication no\n",
    ),
    (
        "pam.d",
        "password requisite pam_pwquality.so retry=3 minlen=12\npassword [success=1 default=ignore] pam_unix.so obscure use_authtok try_first_pass yescrypt\n",
    ),
    ("passwd", "root:x:0:0:root:/root:/bin/bash\nwww-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\n"),
    (
        "gitconfig",
        "[credential]\n\thelper = cache --timeout=3600\n[user]\n\tsigningkey = 3AA5C34371567BD2\n[url \"git@example.org:\"]\n\tinsteadOf = https://example.org/\n",
    ),
    (
        "package-lock",
        "    \"node_modules/js-tokens\": {\n      \"version\": \"4.0.0\",\n      \"resolved\": \"https://registry.npmjs.org/js-tokens/-/js-tokens-4.0.0.tgz\",\n      \"integrity\": \"sha512-RdJUflcE3cUzKiMqQgsCu06FPu9UdIJO0beYbPhHN4k6apgJtifcoCtT9bcxOpYBtpD2kCM6Sbzg4CausW/PKQ==\",\n",
    ),
    (
        "go.sum",
        "golang.org/x/oauth2 v0.21.0 h1:tsimM75w1tF/uws5rbeHzIWxEqElMehnc+iW793zsZs=\ngithub.com/golang-jwt/jwt/v5 v5.2.1 h1:OuVbFODueb089Lh128TAcimifWaLhJwVflnrgM17wHk=\n",
    ),
    (
        "requirements",
        "cryptography==42.0.8 \\\n    --hash=sha256:013629ae70b40af70c9a7a5db40abe5d9054e6f4380e50ce769947b73bf3caad\npasslib[bcrypt]>=1.7.4,<2\n",
    ),
    (
        "rust",
        "let token = parser.next_token()?;\nlet password = rpassword::prompt_password(\"Password: \")?;\nmatch key.as_str() { \"secret\" => Secret::from(value), _ => return Err(Error::UnknownKey(key)) }\n",
    ),
    (
        "python",
        "password = getpass.getpass(\"Password for %s: \" % user)\ntoken = os.environ[\"API_TOKEN\"]\napi_key: str | None = None\nsecret = hmac.new(key, message, hashlib.sha256).hexdigest()\n",
    ),
    (
        "javascript",
        "const token = await getToken({ req, secret: process.env.NEXTAUTH_SECRET });\nconst { password, ...rest } = req.body;\nif (password !== confirmPassword) throw new Error('Passwords do not match');\n",
    ),
    (
        "typescript",
        "interface Credentials { username: string; password: string; token?: string }\nexport const selectToken = (state: RootState) => state.auth.token;\n",
    ),
    (
        "java",
        "private String password;\npublic void setPassword(final String password) { this.password = password; }\n@Value(\"${spring.datasource.password}\") private String secret;\n",
    ),
    (
        "c",
        "#define TOKEN_MAX 256\n#define TLS_TXT_PSK_WITH_AES_128_GCM_SHA256 \"PSK-AES128-GCM-SHA256\"\nstatic const char *token_names[] = { \"IDENT\", \"NUMBER\", \"STRING\" };\nint key = hash(name) % TABLE_SIZE;\n",
    ),
    (
        "go",
        "func (c *Client) Token(ctx context.Context) (*oauth2.Token, error) {\n\treq.Header.Set(\"Authorization\", \"Bearer \"+c.token)\n\tpassword, ok := os.LookupEnv(\"DB_PASSWORD\")\n",
    ),
    (
        "ruby",
        "validates :password, presence: true, length: { minimum: 12 }\ntoken = SecureRandom.hex(32)\nconfig.secret_key_base = ENV.fetch(\"SECRET_KEY_BASE\")\n",
    ),
    (
        "php",
        "$password = $_POST['password'];\n$token = bin2hex(random_bytes(32));\nif (!hash_equals($expected, $secret)) { http_response_code(403); }\n",
    ),
    (
        "sql",
        "CREATE TABLE users (id bigint PRIMARY KEY, password_hash text NOT NULL, token uuid DEFAULT gen_random_uuid());\nALTER TABLE session ADD FOREIGN KEY (user_id) REFERENCES users (id);\n",
    ),
    (
        "html",
        "<label for=\"password\">Password</label>\n<input type=\"password\" name=\"password\" autocomplete=\"current-password\" minlength=\"12\">\n<meta name=\"csrf-token\" content=\"{{ csrf_token() }}\">\n",
    ),
    (
        "css",
        ".token.keyword { color: #07a }\n.password-strength-meter--weak { background: url(data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP) }\n",
    ),
    (
        "shell",
        "read -rsp 'Password: ' password\nexport TOKEN=\"$(vault kv get -field=token kv/deploy)\"\ncurl -H \"Authorization: Bearer $TOKEN\" \"$URL\"\n[ -z \"$API_KEY\" ] && { echo 'API_KEY is not set' >&2; exit 1; }\n",
    ),
    (
        "makefile",
        "KEY ?= $(HOME)/.ssh/id_ed25519\nsign: $(TARGETS)\n\tgpg --detach-sign --local-user $(SIGNING_KEY) $<\n",
    ),
    (
        "dockerfile",
        "ARG TOKEN\nENV PATH=/usr/local/bin:$PATH\nRUN --mount=type=secret,id=npm_token NPM_TOKEN=$(cat /run/secrets/npm_token) npm ci\n",
    ),
    (
        "man page",
        "--password-file=FILE\n    Read the password from FILE instead of asking for it.\n--keyid-format {none|short|0xshort|long|0xlong}\n    Select how to display key IDs.\n",
    ),
    (
        "readme",
        "Set your API key with `export API_KEY=<your key>` or pass `--token TOKEN`.\nA token is a string that identifies you; keep it secret. See [Authentication](docs/auth.md#tokens).\n",
    ),
    (
        "prose",
        "The secret to a good password is its length: four words are easy to remember. The key takeaway is that a token should expire, and that credentials belong in a vault.\n",
    ),
    (
        "git log",
        "commit 578b4219647626ac092edc28f9c836db9766e988\nAuthor: A Person <person@example.org>\nDate:   Mon Nov 16 02:33:12 2026 +0000\n\n    Rotate the signing key; drop the token cache (#4711)\nindex 1f30ce1ba8..9fbe7b0d8e 100644\n",
    ),
    (
        "cargo build",
        "   Compiling token-cell v1.5.0\n   Compiling secrecy v0.10.3\nwarning: unused variable: `password`\n  --> src/auth.rs:17:9\n    Finished `release` profile [optimized] target(s) in 2m 03s\n",
    ),
    (
        "npm",
        "npm warn deprecated har-validator@5.1.5: this library is no longer supported\nadded 1402 packages, and audited 1403 packages in 31s\n",
    ),
    (
        "pytest",
        "tests/test_auth.py::test_token_expires PASSED [ 12%]\ntests/test_auth.py::test_wrong_password[empty-None] PASSED [ 25%]\nE   KeyError: 'password'\n",
    ),
    (
        "uuid list",
        "6f1ed002-ab5f-4c6f-9e2a-0d6a2b3c4d5e /dev/sda1\nPARTUUID=\"0fc63daf-8483-4772-8e79-3d69d8477de4\"\nrequest_id=7d444840-9dc0-11d1-b245-5ffdce74fad2 status=200\n",
    ),
    (
        "checksums",
        "013629ae70b40af70c9a7a5db40abe5d9054e6f4380e50ce769947b73bf3caad  app-1.2.3.tar.gz\nSHA256 (key.c) = 9fbe7b0d8ebb38e240aeec6b0830ac7b013629ae70b40af70c9a7a5db40abe5d\n /etc/pam.d/passwd 55eec060916a9d4a0db7560ab4d7bdce\n /etc/fonts/conf.d/README ad6182d0b838d9d8f39219a37b88b24d\n",
    ),
    (
        "links",
        "lrwxrwxrwx 1 root root 20 Apr  3  2026 passwd.1ssl.gz -> openssl-cmds.1ssl.gz\nlrwxrwxrwx 1 root root 41 May 29  2025 systemd-ask-password-wall.path.8.gz -> systemd-ask-password-console.service.8.gz\n",
    ),
    (
        "certificate",
        "-----BEGIN CERTIFICATE-----\nMIIBtjCCAVugAwIBAgITBmyf1XSXNmY/Owua2eiedgPySjAKBggqhkjOPQQDAjA5\n-----END CERTIFICATE-----\n",
    ),
    (
        "public key",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl me@host\nSHA256:uNiVztksCsDhcc0u9e8BrJSbdxfOQg7vN8BkFQ2Nb6E (ED25519)\n",
    ),
    (
        "gpg",
        "pub   ed25519 2024-03-02 [SC] [expires: 2027-03-02]\n      D8E3C1F2A4B5968778695A4B3C2D1E0F12345678\nKey fingerprint = D8E3 C1F2 A4B5 9687 7869  5A4B 3C2D 1E0F 1234 5678\n",
    ),
    (
        "openapi",
        "securitySchemes:\n  bearerAuth:\n    type: http\n    scheme: bearer\n    bearerFormat: JWT\n  apiKey:\n    type: apiKey\n    in: header\n    name: X-API-Key\n",
    ),
    (
        "json schema",
        "{\"properties\": {\"password\": {\"type\": \"string\", \"format\": \"password\", \"minLength\": 12}, \"token\": {\"$ref\": \"#/definitions/token\"}}}\n",
    ),
    (
        "i18n",
        "\"auth.password.title\": \"Choose a password\",\n\"auth.token.expired\": \"Your token has expired. Please sign in again.\",\n\"password\": \"Passwort\",\n",
    ),
    (
        "toml",
        "[dependencies]\njsonwebtoken = \"9.3\"\nsecret-service = { version = \"4.0\", features = [\"rt-tokio-crypto-rust\"] }\n[profile.release]\nkey = \"value\"\n",
    ),
    ("csv", "id,name,token_count,key\n1,alpha,128,a\n2,beta,256,b\n"),
    (
        "http",
        "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Bearer realm=\"api\", error=\"invalid_token\"\nSet-Cookie: theme=dark; Path=/; Secure\nETag: \"33a64df551425fcc55e4d42a148795d9f25f89d4\"\n",
    ),
    (
        "regexes",
        "regex = '''(?i)token[ \\t]*[=:][ \\t]*([0-9a-z]{32})'''\nif re.match(r\"^[A-Za-z0-9_-]{40}$\", key): pass\n",
    ),
    (
        "urls",
        "https://example.org/docs/tokens?page=2&sort=created_at\ncvs://:pserver:anoncvs@sources.example.org:/cvs/src\nssh://git@example.org:2222/group/project.git\npostgres://localhost:5432/app\n",
    ),
    (
        "conffile",
        "Key1=Value1:Key2=Value2:Key3=Value3\ntokenizer.model=unigram-32k-v2\npassword.min.length = 12\nkeyboard.layout = de-latin1-nodeadkeys\n",
    ),
];
