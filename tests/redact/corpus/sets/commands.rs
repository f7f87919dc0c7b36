//! Examples for the set `commands`.

use super::super::case::{Case, text};

/// One per rule, in the order of the file.
pub(super) const CASES: &[Case] = &[
    text(
        "command-option-p",
        &[
            "cqlsh db.example 9042 -u app -p «{a12}»",
            "oc login -u me -p '«{a14}!»' https://api.example:6443",
            "beeline -u jdbc:hive2://h.example:10000/default -n hive -p «{a16}»\n",
        ],
    )
    .stays(&[
        "oc login --help",
        "cf login -u me -p $PASSWORD",
        "nodetool -h db.example -p 7199 status",
        "docker run -p 8080:80 image",
    ]),
    text(
        "command-option-capital-p",
        &[
            "mosquitto_sub -h h.example -p 8883 -u me -P '«{a12}-»' -t x",
            "zip -P «{a14}» -r out.zip data/",
            "ipmitool -I lanplus -H h.example -U admin -P «{a10}» chassis status",
        ],
    )
    .stays(&["mosquitto_pub -P $PW -t x", "zip -r out.zip src", "unzip -P"]),
    text(
        "command-option-telling",
        &[
            "plink -ssh me@host.example -pw «{a10}_»",
            "swaks --to a@example.org -au me -ap «{a14}»",
            "keytool -importkeystore -srcstorepass «{a9}» -destkeystore b.jks",
            "schtasks /create /tn job /ru me /rp «{a12}!»",
            "schtasks /Create /TN job /RU CORP\\me /RP «{a14}»",
        ],
    )
    .stays(&["tool -pw ", "keytool -storepass:env PW -list", "openssl dgst -hmac $KEY f"]),
    text(
        "command-argument",
        &[
            "rabbitmqctl add_user app «{a14}»",
            "wpa_passphrase \"Home net\" \"«{a16}»\"",
            "mc alias set here https://s.example {u20} «{b40}»",
            "net user me «{a12}!» /add",
            "snmpwalk -v2c -c «{a10}» h.example",
            "7z a -p«{a12}» out.7z data/",
        ],
    )
    .stays(&[
        "rabbitmqctl list_users",
        "net user me /add",
        "snmpwalk -v2c -c public h.example",
        "ssh-keygen -t ed25519 -f id",
        "7z x archive.7z",
    ]),
    text(
        "piped-secret",
        &[
            "echo \"«{a40}»\" | docker secret create app_token -",
            "printf '«{a14}!»' | docker login -u me --password-stdin r.example",
            "echo 'me:«{a12}+»' | chpasswd",
            "echo «{a16}» | sudo -S systemctl restart x",
        ],
    )
    .stays(&[
        "echo \"$PASSWORD\" | docker login --password-stdin",
        "echo done | tee log",
        "cat f | docker login -u me --password-stdin",
        "echo hello world | sudo tee /etc/motd",
    ]),
    text(
        "user-and-password",
        &[
            "etcdctl --endpoints=h.example:2379 --user=root:«{a12}» get / --prefix",
            "curl_easy_setopt(curl, CURLOPT_USERPWD, \"me:«{a14}»\");",
            "wsrep_sst_auth=\"sst:«{a12}»\"",
            "  stats auth admin:«{a16}»",
        ],
    )
    .stays(&["etcdctl --user=root get /", "allow all:any", "bundle config set path vendor:bundle"]),
    text(
        "oracle-connect",
        &[
            "sqlplus app/«{a12}»@//h.example:1521/ORCL",
            "SQL> CONNECT app/«{a10}»@ORCL",
            "jdbc:oracle:thin:app/«{a14}»@//h.example:1521/ORCL",
        ],
    )
    .stays(&["sqlplus app@ORCL", "connect to h.example/path", "sqlplus / as sysdba"]),
    text(
        "driver-address",
        &[
            "sql.Open(\"mysql\", \"app:«{a14}»@tcp(h.example:3306)/db\")",
            "DSN=app:«{a12}!»@tcp(127.0.0.1:3306)/db",
            "\"app:«{a16}»@unix(/run/mysqld.sock)/db\"",
        ],
    )
    .stays(&["app@tcp(h.example:3306)/db", "app:$PW@tcp(h:3306)/db", "listen on tcp(127.0.0.1:80)"]),
    text(
        "windows-account",
        &[
            "secretsdump.py corp/admin:«{a14}!»@10.0.0.1",
            "net use Z: \\\\h.example\\share «{a12}=» /user:CORP\\me",
            "signtool sign /f c.pfx /p «{a10}» /fd sha256 a.exe",
            "schtasks /create /s h.example /u CORP\\me /p «{a12}!» /tn job",
        ],
    )
    .stays(&[
        "secretsdump.py corp/admin@10.0.0.1",
        "net use Z: \\\\h.example\\share /user:me",
        "signtool sign /f c.pfx a.exe",
        "schtasks /query /s h.example /fo csv",
    ]),
    text(
        "secret-into-file",
        &[
            "echo \"«{a12}»\" > /run/secrets/db_admin_pass",
            "printf '%s' '«{a20}»' > ~/.config/app/token",
            "echo -n «{w16}» | sudo tee /etc/app/api_key >/dev/null",
        ],
    )
    .stays(&["echo done > /tmp/passed.log", "echo $TOKEN > token.txt", "echo \"a=b\" > app.conf"]),
    text(
        "secret-store-argument",
        &[
            "gh secret set DEPLOY --body «{a24}» --repo a/b",
            "aws ssm put-parameter --name /prod/x --type SecureString --value «{a20}» --overwrite",
            "poetry config http-basic.corp me '«{a12}#9»'",
            "vault operator unseal «{b43}=»",
            "java -jar jenkins-cli.jar -s https://ci.example/ -auth me:«11{h32}» who-am-i",
            "::add-mask::«{a24}»",
        ],
    )
    .stays(&[
        "gh secret set DEPLOY --body \"$VALUE\"",
        "aws secretsmanager create-secret --name x --secret-string file://s.json",
        "vault operator unseal",
        "az keyvault secret set --name x --value $(cat f)",
    ]),
    text(
        "sql-setting",
        &[
            "UPDATE settings SET value = '«{a12}.z»' WHERE name = 'vpn_pass';",
            "update config set \"value\"='«{a20}»' where \"key\"='smtp_password'",
            "UPDATE app.conf SET val = '«{a16}!»' WHERE k = 'api_key'",
        ],
    )
    .stays(&[
        "UPDATE settings SET value = ? WHERE name = 'vpn_pass'",
        "UPDATE settings SET value = 'a-long-color-name' WHERE name = 'theme'",
        "UPDATE settings SET value = '${PASS}' WHERE name = 'vpn_pass'",
    ]),
    text(
        "user-then-password-option",
        &[
            "chatops -h vault.example -u deploy -p «{a12}!» status",
            "az sql server create -n x -g rg -u admin -p '«{a14}#»'",
            "tool login -u me@x.example -p \"«{w20}»\"",
        ],
    )
    .stays(&[
        "docker run -u 1000 -p 8080:80 image",
        "mysql -u root -p",
        "tool -u me -p $PASSWORD",
        "netstat -u -p",
    ]),
    text(
        "password-argument",
        &[
            "htpasswd -nbB etl '«{a14}_»'",
            "htpasswd -cb /etc/nginx/.htpasswd etl «{a14}»",
            "security add-generic-password -a me -s app -w '«{a12}!»'",
            "ejabberdctl register me chat.example «{a12}»",
            "net ads join -U administrator%«{a14}»",
            "registry login <<< \"«{a16}»\"",
            "openssl dgst -sha256 -mac HMAC -macopt hexkey:«{h64}» f",
        ],
    )
    .stays(&[
        "htpasswd -c /etc/nginx/.htpasswd admin",
        "cargo login --registry my-registry",
        "net ads info -U administrator",
        "openssl dgst -sha256 file.txt",
    ]),
    text(
        "user-line",
        &[
            "user=alice:«{a12}!»",
            "  user = alice:«{a14}»\n",
            "listening-port=3478\nuser=1001:«{l6}-{a6}»\r\n",
        ],
    )
    .stays(&[
        "user=1000:1000",
        "user=www-data:www-data",
        "user = alice",
        "user=alice:$SECRET",
        "user=git@h.example:team/app2",
        "user=system_u:system_r:httpd_t:s0",
        "login user=alice:{a12} from h.example",
    ]),
    text(
        "bundler-setting",
        &[
            "Set for your local app (/srv/.bundle/config): \"me:«{a12}»\"",
            "Set for the current user (/srv/me/.bundle/config): \"x-token:«{a20}»\"",
            "gems.example.org\nSet for your local app (/a/.bundle/config): \"ci:«{l6}-{a8}»\"",
        ],
    )
    .stays(&[
        "Set for your local app (/srv/.bundle/config): \"vendor/bundle\"",
        "Set for the current user (/srv/.bundle/config): \"https://gems.example.org\"",
        "Set for your local app (/srv/.bundle/config): \"development:test\"",
    ]),
    text(
        "traced-getpass",
        &[
            "getpass(\"Password: \")                          = \"«{a12}»\"",
            "1234 getpass(\"Enter: \") = \"«{l6}-{l6}»\"",
            "app->getpass(\"\") = \"«{a8}»\"",
        ],
    )
    .stays(&[
        "getpass(\"Password: \")",
        "x = getpass.getpass(\"Password: \") == \"y\"",
        "getpass(\"Password: \") = nil",
    ]),
    text(
        "account-command",
        &[
            "composer config --global http-basic.repo.example.org app «{a14}»",
            "composer config -g github-oauth.github.com «{h40}»",
            "n98-magerun2 admin:user:change-password admin '«{a10}!»'",
            "mosquitto_passwd -c -b /etc/mosquitto/passwd app «{a12}»",
            "security import dev.p12 -k login.keychain -P «{a12}» -T /usr/bin/codesign",
            "db2 connect to sample user app using «{a12}»",
            "doveadm auth test app@example.org «{a12}!»",
            "radtest app x radius.example 1812 «{a12}»",
            "mix hex.organization auth acme --key «{h32}»",
            "netdom join pc1 /domain:corp /userd:corp\\me /passwordd:«{a12}!»",
        ],
    )
    .stays(&[
        "composer config --global http-basic.repo.example.org app $PASSWORD",
        "mosquitto_passwd -c /etc/mosquitto/passwd app",
        "db2 connect to sample user app",
        "doveadm auth test app@example.org",
        "netdom join pc1 /domain:corp /userd:me /passwordd:*",
        "security import cert.cer -k login.keychain",
    ]),
    text(
        "oracle-user-and-password",
        &[
            "expdp app/«{a12}» directory=d dumpfile=x.dmp",
            "sqlplus -s app/«{a10}!»",
            "exp app/«{a12}»@orcl file=x.dmp",
            "impdp 'app/«{a14}»' schemas=app",
        ],
    )
    .stays(&[
        "sqlplus -s / as sysdba",
        "sqlplus app@orcl @script.sql",
        "sqlplus app/&dbpass@orcl",
        "sqlplus scripts/run.sql",
        "exp src/main",
        "expdp parfile=x.par",
    ]),
    text(
        "package-push-key",
        &[
            "choco push a.nupkg -s https://h.example/ -k «{U}»",
            "dotnet nuget push a.nupkg --api-key «{h46}» --source https://h.example",
            "nuget push a.nupkg «{U}» -Source https://h.example",
        ],
    )
    .stays(&[
        "choco push a.nupkg -s https://h.example/",
        "dotnet nuget push a.nupkg -k $KEY -s https://h.example",
        "nuget push a.nupkg -Source https://h.example",
    ]),
    text(
        "router-login-file",
        &[
            "add password *.example {«{a12}»}",
            "add password h1.example {«{a10}!} {{a12}»}\n",
            "add\tpassword\t192.0.2.1\t{«{l6}-{a8}»}",
        ],
    )
    .stays(&[
        "add method * {ssh}",
        "add user *.example {rancid}",
        "add password for the user",
        "add password * {$PW}",
    ]),
    text(
        "remote-console-command",
        &[
            "mcrcon -H h.example -P 25575 -p «{a12}» -w 5 list",
            "rcon -a 192.0.2.7:27015 -p '«{a10}!»' status",
            "docker exec mc rcon-cli --host h.example --password «{a14}»\n",
        ],
    )
    .stays(&[
        "mcrcon -H h.example -P 25575 list",
        "rcon -a 192.0.2.7:27015 -p $PW status",
        "ircon -p {n4}",
    ]),
    text(
        "game-server-option",
        &[
            "srcds_run -game cstrike +map de_dust2 +sv_password «{a8}» +maxplayers 16",
            "./srcds_run +rcon_password \"«{a14}»\" +map cp_badlands",
            "q3ded +set dedicated 2 +set rconpassword «{a12}» +exec server.cfg",
        ],
    )
    .stays(&[
        "srcds_run +sv_password +map de_dust2",
        "srcds_run +rcon_password $RCON +map de_dust2",
        "srcds_run +sv_password \"\" +maxplayers 16",
    ]),
    text(
        "game-server-token",
        &[
            "sv_setsteamaccount \"«{H32}»\"",
            "srcds_run -game csgo +sv_setsteamaccount «{H32}» +map de_dust2",
            "+sv_setsteamaccount '«{h32}»'\n",
        ],
    )
    .stays(&[
        "sv_setsteamaccount \"\"",
        "+sv_setsteamaccount $STEAM +map de_dust2",
        "sv_setsteamaccount <login token>",
    ]),
    text(
        "murmur-superuser-option",
        &[
            "murmurd -ini /etc/murmur.ini -supw «{a12}»",
            "mumble-server -supw '«{a10}!»' 1",
            "mumble-server --set-su-pw «{l6}-{a6}»\n",
        ],
    )
    .stays(&["murmurd -supw -ini /etc/murmur.ini", "murmurd -supw $PW", "murmurd -readsupw 1"]),
    text(
        "splunk-auth-option",
        &[
            "splunk add forward-server h.example:9997 -auth admin:«{a12}»",
            "/opt/splunk/bin/splunk list user -auth 'admin:«{a10}!»'",
            "splunk.exe reload deploy-server -auth ops:«{a14}»\n",
        ],
    )
    .stays(&[
        "splunk list user -auth admin",
        "splunk reload deploy-server -auth admin:$PASSWORD",
        "splunk start --accept-license --answer-yes",
    ]),
];
