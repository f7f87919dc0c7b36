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
            "ssh-keygen -p -P \"\" -N \"«winter arsenal orbit soleil»\" -f id",
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
            "net use Z: \\\\h.example\\share \"«{a12}=»\" /user:CORP\\me",
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
            "v-add-user web «{l6}_{a6}» me@x.example",
            "pihole -a -p «{l6}.{a6}»",
            "0 104824832 crypt aes-xts-plain64 «{h64}» 0 8:2 32768",
        ],
    )
    .stays(&[
        "htpasswd -c /etc/nginx/.htpasswd admin",
        "cargo login --registry my-registry",
        "net ads info -U administrator",
        "openssl dgst -sha256 file.txt",
        "pihole -a -p",
        "0 104824832 crypt aes-xts-plain64 :64:logon:cryptsetup:x 0 8:2 32768",
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
    text(
        "program-option",
        &[r#"influx query 'from(bucket:"x")' -t «{b40}==»"#, "fence_ipmilan -a 192.0.2.1 -l admin -p «{a12}» -o status", "slappasswd -h {SSHA} -s '«{l6} {l6}»'", "security create-keychain -p «{l6}-{l6}» build.keychain", "hydra -l admin -p «{a10}» ssh://h.example", "sendemail -f a@example.org -xu me -xp «{a14}»", "zip -rP «{a10}» o.zip d", "evil-winrm -i h -u admin -H «{h32}»", "useradd -m -p «{a14}» ann"],
    )
    .stays(&["influx query -t $TOKEN", "slappasswd -s <password>", "zip -r o.zip d", r#"useradd -m -p "$HASH" ann"#, "kadmin -w password", "hydra -L users.txt -P words.txt ssh://h.example", "ldapsearch -x -W -b dc=x", "ipa-server-install -a -p"]),
    text(
        "program-option-last",
        &["snmpget -v3 -u u -A {a12} -X «{a12}» h 1.3", "ldappasswd -x -D cn=a -w {a12} -s '«{l6}!{n2}»' uid=u", "qpdf --encrypt {a10} «{a12}» 256 -- a.pdf b.pdf", "ipa-server-install -r R -p {a10} -a «{a10}» -U"],
    )
    .stays(&["snmpget -v3 -u u -A $A -X $X h 1.3", "ldappasswd -x -D cn=a -W -S uid=u", r#"qpdf --encrypt "" "" 256 -- a.pdf b.pdf"#, "pdftk a.pdf cat output b.pdf"]),
    text(
        "dash-password-option",
        &["influx -username admin -password «{a12}» -host h.example", "wsadmin.sh -user a -password '«{l6}!{n2}»' -f x.py", "sysadminctl -resetPasswordFor ann -newPassword «{l6}-{l6}-{l4}»"],
    )
    .stays(&["the -password option", "openssl x -password arg -in f", "tool -password $PW -host h", "x -password password", "x -password file.txt", "see -password and -username."]),
    text(
        "positional-secret",
        &["steamcmd +login bot «{a12}» +app_update 740 +quit", "b2 authorize-account {h12} «{h42}»", "isql -v dsn me «{l6}-{l6}»", "openssl passwd -6 '«{l6} {l6}»'", r#"networksetup -setairportnetwork en0 "My Net" "«{a12}»""#, "nmcli d wifi connect home password «{l6}-{l6}-{n2}» ifname wlan0", "sudo dscl . -passwd /Users/me '«{a10}!»'", r#"net user "Ann B" "«{a12}»" /add"#, "samba-tool user create ann «{a12}» --given-name=Ann", "prosodyctl register ann chat.example «{l6}-{l4}»", "htdigest -b f realm ann «{a10}»", "drush upwd admin «{l5}{n2}{l5}»", "iwconfig wlan0 key s:«{a13}»"],
    )
    .stays(&["steamcmd +login anonymous +app_update 740 +quit", "steamcmd +login bot $PW +quit", "openssl passwd -6 -stdin", r#"net user "Ann B" /add"#, "nmcli d wifi connect home", "vault login -method=oidc", "isql -v dsn", "htdigest f realm ann", "mysqladmin -u root password", "iwconfig wlan0 key off", "prosodyctl register ann"]),
    text(
        "positional-user-and-secret",
        &["etcdctl user add root:«{a12}»", "curlftpfs ann:«{l6}!{n2}»@ftp.example /mnt", "govc about -u 'root:«{a10}»@h.example'", "ncat --proxy-auth ann:«{l6}-{l6}» h.example 80"],
    )
    .stays(&["etcdctl user add root", "etcdctl user add root:$PW", "curlftpfs ftp.example /mnt", "cadaver https://dav.example/x", "govc about -u https://h.example/sdk"]),
    text(
        "expect-send",
        &[r#"send "«{a12}»\r""#, r#"expect "assword:" { send -- "«{l6}!{n2}»\r" }"#, r#"    send "«{l6}-{l6}-{l4}»\n""#],
    )
    .stays(&[r#"send "exit\r""#, r#"send "$pass\r""#, r#"send "show version\r""#, r#"send "yes\r""#, r#"send "enable\r""#, r#"send "192.0.2.1\r""#, r#"send "./run.sh\r""#, r#"send "apt-get\r""#, r#"send "AT+CSQ\r""#]),
    text(
        "here-string-secret",
        &["kinit admin <<< '«{l6} {l6}»'", r#"chpasswd <<< "ann:«{a12}»""#, "gh auth login --with-token <<< «{a40}»", "pw usermod ann -h 0 <<< '«{l8}{n3}!»'", "passwd --stdin ann <<< '«{l6}-{l6}»'", r#"cryptsetup luksOpen /dev/sdb1 x <<< "«{a14}»""#],
    )
    .stays(&["kinit admin <<< '$PW'", r#"chpasswd <<< "$LINE""#, "kinit admin < file", "cat <<< hello", r#"passwd --stdin ann <<< "<password>""#]),
    text(
        "piped-phrase",
        &[r#"echo -n "«{l6} {l6} {l6}»" | cryptsetup luksOpen /dev/sdb1 x"#, "printf '%s' '«{l6}-{l6}»' | sudo cryptsetup open /dev/sdb1 x -", "echo «{a12}» | vncpasswd -f", "echo «{l8}» | kinit admin", r#"(echo "«{a12}"; echo "{a12}»") | smbpasswd -s -a ann"#],
    )
    .stays(&[r#"echo -n "$PW" | cryptsetup luksOpen /dev/sdb1 x"#, "echo YES | cryptsetup luksFormat x", "echo done | tee log", r#"echo "<passphrase>" | kinit admin"#]),
    text(
        "password-printing-option",
        &["msmtp --passwordeval 'echo «{a12}»'", "restic -r r --password-command 'echo -n «{l6}-{l6}»' backup", r#"encfs --extpass="echo «{l6}!{n2}»" a b"#, r#"impala-shell -u me --ldap_password_cmd="echo -n «{a12}»""#],
    )
    .stays(&["msmtp --passwordeval 'gpg -d f'", "restic --password-command 'echo $PW' backup", "--passwordeval 'cat ~/.pw'", r#"passwordeval "echo <password>""#]),
    text(
        "samba-user-option",
        &["winexe -U corp/ann%«{a12}» //h.example cmd", r"winexe -U 'corp\ann%«{l6}!{n2}»' //h.example cmd", "net rpc join -U admin%'«{l6}-{l6}»'", "mount.cifs //h/s /mnt -o user=ann%«{a10}»", r"wbinfo -a corp\ann%«{a12}»"],
    )
    .stays(&["winexe -U corp/ann //h.example cmd", "net rpc shutdown -U user%$PW -S h", "wmic cpu get loadpercentage", "smbclient -U % //h/s"]),
    text(
        "impacket-target",
        &["impacket-secretsdump corp/ann:«{l6}-{l6}»@192.0.2.1", "secretsdump.py 'ann:«{a12}»@h.example'", "impacket-GetUserSPNs -request corp.example/ann:«{a10}!» -dc-ip 192.0.2.2", "wmiexec.py ann:«{l6}@{n3}»@h.example whoami"],
    )
    .stays(&["secretsdump.py corp/ann@h.example", "impacket-psexec 'corp/ann:$PW@h.example'", "services.py localhost:8080", "impacket-smbserver share /tmp", "services.py --bind h:8080"]),
    text(
        "windows-default-password",
        &[r#"reg add "HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon" /v DefaultPassword /d «{a12}» /f"#, r#"reg add HKLM\x /v DefaultPassword /t REG_SZ /d "«{l6} {l6}»""#, r#"Set-ItemProperty -Path $p -Name DefaultPassword -Value "«{l6}!{n2}»""#],
    )
    .stays(&[r"reg delete HKLM\x /v DefaultPassword /f", "Set-ItemProperty -Path $p -Name DefaultPassword -Value $pw", "DefaultPassword /d <password>", r#"DefaultPassword /d """#]),
    text(
        "secure-string",
        &[r#"ConvertTo-SecureString -AsPlainText "«{l6}-{l6}»" -Force"#, "$p = ConvertTo-SecureString -AsPlainText -Force -String '«{a12}»'", "ConvertTo-SecureString «{l6}!{n2}» -AsPlainText -Force", r#"ConvertTo-SecureString "«{l6} {l6}»" -AsPlainText -Force"#],
    )
    .stays(&["ConvertTo-SecureString $pw -AsPlainText -Force", "ConvertTo-SecureString -String (Get-Content f)", r#"ConvertTo-SecureString "<password>" -AsPlainText"#, r#"ConvertTo-SecureString "Password" -AsPlainText -Force"#, "ConvertTo-SecureString cmdlet"]),
    text(
        "secret-object",
        &["qemu-system-x86_64 -object secret,id=s0,data=«{a12}»", "qemu-img create --object secret,id=s0,data=«{l6}-{l6}»,format=raw -o x", "netsh wlan set hostednetwork mode=allow ssid=x key=«{l6}{n4}»", r#"openvpn --auth-user-pass <(echo -e "u\n«{a12}»")"#],
    )
    .stays(&["qemu-img create --object secret,id=s0,file=pw.txt", "qemu-img --object secret,id=s0,data=$PW", "netsh wlan start hostednetwork", "openvpn --auth-user-pass f"]),
    text(
        "neo4j-auth",
        &["NEO4J_AUTH=neo4j/«{a12}»", "docker run -e NEO4J_AUTH=neo4j/«{l6}-{l6}-{l4}» neo4j:5", r#"NEO4J_AUTH: "neo4j/«{l6}!{n2}»""#],
    )
    .stays(&["NEO4J_AUTH=none", "NEO4J_AUTH=neo4j/$PW", "NEO4J_AUTH: neo4j/<password>"]),
    text(
        "package-login-setting",
        &["npm config set _auth «{b30}==»", "npm config set //r.example/:_auth «{b31}=»", "pnpm config set //r.example/:_authToken «{U}»", r#"yarn config set _password "«{b24}»""#],
    )
    .stays(&["npm config set _auth $AUTH", "npm config set registry https://r.example/", "npm config set always-auth true", "npm config get _auth"]),
    text(
        "encrypted-variable",
        &["ansible-vault encrypt_string '«{l6} {l6}»' --name x", "ansible-vault encrypt_string --vault-id dev@prompt '«{a12}»'", r#"ansible-vault encrypt_string --name=x "«{l6}!{n2}»""#],
    )
    .stays(&["ansible-vault encrypt_string --name x", "ansible-vault encrypt_string '$PW' --name x", "encrypt_string --stdin-name 'x' --prompt", r#"encrypt_string "<value>" --name x"#]),
    text(
        "remote-desktop-option",
        &["xfreerdp3 /u:me '/p:«{a12}»' /v:h", "xfreerdp /v:h /u:me /p:«{l6}-{l6}»", r#"wlfreerdp /u:me /p:"«{l6}!{n2}»" /v:h"#, "samba-tool domain provision --adminpass=«{a12}»"],
    )
    .stays(&["xfreerdp /u:me /v:h", "xfreerdp /u:me /p:$PW /v:h", "samba-tool domain provision --use-rfc2307", "xfreerdp /v:h /port:3389"]),
    text(
        "load-test-user",
        &["ab -n 100 -c 5 -A me:«{a12}» https://h.example/", "hey -n 200 -a me:«{l6}!{n2}» https://h.example/", "ab -k -P \"me:«{a10}?»\" http://h.example/x"],
    )
    .stays(&["ab -n 100 -c 5 https://h.example/", "ab -n 1 -A me:$PW https://h.example/", "ab -n 1 -A user:password http://h/", "hey -n 200 https://h.example/"]),
    text(
        "check-snmp-community",
        &["check_snmp -H 10.0.0.7 -C «{a12}» -o .1.3", "./check_snmp_int.pl -H h -C «{l6}-{n4}» -n eth0", "check_snmp --community=«{l6}{n4}» -H h"],
    )
    .stays(&["check_snmp -H h -C public -o .1.3", "check_snmp -H h -C $ARG1$ -o .1", "check_snmp --help"]),
    text(
        "remote-config-argument",
        &["rclone config create b2 b2 account {h24} key «K00{n1}{b27}»", "rclone config update s3 secret_access_key=«{b40}»", "rclone config create sftp sftp host h user me pass «{a12}» --obscure"],
    )
    .stays(&["rclone config create b2 b2 key $KEY", "rclone config create x drive scope drive", "rclone config file"]),
    text(
        "transfer-user-setting",
        &["     USERPWD \"me:«{l6}{n4}»\" TLS_VERIFY ON)", "curl_easy_setopt(c, CURLOPT_USERPWD, \"me:«{a12}»\");", "CURLOPT_USERPWD => 'me:«{l6}!{n2}»',"],
    )
    .stays(&["CURLOPT_USERPWD, \"user:password\");", "CURLOPT_USERPWD => \"$user:$pw\",", "curl_easy_setopt(c, CURLOPT_USERPWD, pair);"]),
    text(
        "confluent-key-store",
        &["confluent api-key store {u16} «{b64}»", "confluent api-key store '{u16}' '«{b64}»' --resource lkc-9k", "$ confluent api-key store {u16} «{b64}» --force"],
    )
    .stays(&["confluent api-key store $KEY $SECRET", "confluent api-key store --resource lkc-9k", "confluent api-key list --resource lkc-9k"]),
    text(
        "told-password",
        &["A temporary password is provided for this session: «VWSE{l5}»", "Use the following password to login: «{a12}(v+»", "Your initial password for the web ui is: «{a14}»"],
    )
    .stays(&["Enter a new password for the user: ", "Your temporary password is set in the file: secrets.txt", "Use the following password to log in: <hidden>", "the new password for root: ********"]),
];
