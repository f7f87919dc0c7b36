//! Examples for the set `network`.

use super::super::case::{Case, text};

/// One per rule, in the order of the file.
pub(super) const CASES: &[Case] = &[
    text(
        "router-secret",
        &[
            "enable secret 0 «{a12}»",
            "username admin privilege 15 password 0 «{a14}!»",
            "crypto isakmp key «{a18}» address 192.0.2.1",
            " ppp chap password 0 «{a12}»\n",
            "        set password ENC «{b60}»",
            "tacacs-server host 192.0.2.1 key «{a16}»",
        ],
    )
    .stays(&[
        "enable secret level",
        "username admin privilege 15",
        "neighbor 192.0.2.1 password",
        "ip ssh pubkey-chain",
    ]),
    text(
        "router-secret-encrypted",
        &[
            "passwd «{a16}» encrypted",
            "<phash>«$1${s8}${s22}»</phash>",
            "snmp-agent community read cipher «{a20}»",
        ],
    )
    .stays(&["passwd: all tokens updated", "<phash></phash>", "the passwd file encrypted"]),
    text(
        "snmp-community",
        &[
            "snmp-server community «{z12}» RO 10",
            "rocommunity «{z10}» 192.0.2.0/24",
            "set snmp community «{a12}» authorization read-only",
            "snmp-server host 192.0.2.9 version 2c «{a12}»",
            "snmp-server host 192.0.2.9 traps version 2c «{z10}» bgp",
        ],
    )
    .stays(&[
        "snmp-server community public RO",
        "rocommunity public",
        "the snmp community",
        "snmp-server host 192.0.2.9 version 3 priv nms",
        "snmp-server host 192.0.2.9 public",
    ]),
    text(
        "recovered-password",
        &[
            "                 KEY FOUND! [ «{a12}» ]",
            "cur/text: «{a10}!»",
            "SMB   192.0.2.7   445   DC01   [+] CORP\\ann:«{a14}» (Pwn3d!)",
            "old/text: «Summer2019»",
        ],
    )
    .stays(&[
        "KEY FOUND! [ ]",
        "cur/text: (null)",
        "[+] CORP\\ann is an administrator",
        "[+] done: a\\b",
    ]),
    text(
        "server-secret-line",
        &[
            "bindpw «{a14}»",
            "rootpw --plaintext «{a12}»",
            "5:rootpw --plaintext «{a12}»",
            "    auth_pass «{a10}»\n",
            "sentinel auth-pass mymaster «{a14}»",
            ": PSK \"«{a20}»\"",
            "\toption key '«{a16}»'",
        ],
    )
    .stays(&[
        "bindpw $PW",
        "auth_pass_failures_total 41",
        "psk is derived",
        "the rootpw option",
        "set PSK Diffie-Hellman parameters",
        "update to xauth 1.0.7",
        "ii  xauth     1:1.1.2-1    amd64   X authentication utility",
    ]),
    text(
        "mail-login",
        &[
            "C: AUTH PLAIN «{b32}=»",
            "a1 LOGIN app \"«{a16}»\"",
            "1738719052.390 [0 192.0.2.1:9038] \"AUTH\" \"«{a16}»\"",
            "sendto(3, \"PASS «{a14}»\\r\\n\", 22, 0, NULL, 0) = 22",
        ],
    )
    .stays(&[
        "printf(\"PASS %s\\n\", name)",
        "\"PASS rate\"",
        "250-AUTH LOGIN PLAIN",
        "AUTH PLAIN",
        "\"AUTH\" failed",
    ]),
    text(
        "login-line",
        &[
            "127.0.0.1:6379> AUTH «{a16}»",
            "write(5, \"AUTH «{a14}!»\\r\\n\", 24) = 24",
            ">NickServ< IDENTIFY «{a14}»",
            "send: 'auth plain «{b32}=»\\r\\n'",
            "    Key Content            : «{a12}»",
            "[Server] A temporary password is generated for root@localhost: «{a6};{a6}»",
        ],
    )
    .stays(&[
        "AUTH 10.0.0.1 ok",
        "the AUTH 2FA step",
        "AUTH required",
        "NickServ says hello",
        "    Key Content            : Absent",
        "A temporary password is generated for you.",
        "AUTH SHA256",
    ]),
    text(
        "wifi-code",
        &[
            "WIFI:T:WPA;S:home;P:«{a14}»;;",
            "WIFI:S:home;T:WPA;P:«{a10}»;H:true;;",
            "qr: WIFI:T:WPA2;S:x;P:«{a20}»;;",
        ],
    )
    .stays(&["WIFI:T:nopass;S:home;;", "wifi: on", "WIFI:S:x;P:****;;"]),
    text(
        "one-time-password-seed",
        &[
            "otpauth://totp/App:me?secret=«{B32}»&issuer=App",
            "totp = pyotp.TOTP(\"«{B32}»\")",
            "otpauth://hotp/App:me?secret=«{B16}»&counter=5",
        ],
    )
    .stays(&["otpauth://totp/App:me?issuer=App", "pyotp.TOTP(seed)", "TOTP(\"base32\")"]),
    text(
        "short-password-name",
        &["pw = «Ab{a12}9»", "<service dbpw=\"«Ab{a10}9»\" />", "root_pw: «Ab{a14}9»"],
    )
    .stays(&["pw = None", "pw: Optional[str]", "pw = decode(x)"]),
    text(
        "erlang-cookie",
        &["RABBITMQ_ERLANG_COOKIE=«{a26}»", "erlang_cookie: \"«{a32}»\"", "rabbitmq.erlang.cookie = «{a24}»"],
    )
    .stays(&["RABBITMQ_ERLANG_COOKIE=changeme", "erlang cookie file", "rabbitmq_cookie: ${COOKIE}"]),
    text(
        "mail-relay-login",
        &[
            "[mail.example.org]:587    me@example.org:«{a14}!»",
            "smtp.example.org:465 relay:«{w20}»",
            "[smtp.example.org]:submission me:«{a12}»\n",
        ],
    )
    .stays(&[
        "listening on :587 (submission)",
        "mail.example.org:25 relay:",
        "relayhost = [mail.example.org]:587",
    ]),
    text(
        "plain-password-scheme",
        &[
            "me@example.org:{PLAIN}«{a12}!»::::::",
            "userPassword: {CLEARTEXT}«{a14}»",
            "x:{plain}«{w16}»:1000:1000::/srv/x",
        ],
    )
    .stays(&[
        "passdb { default_password_scheme = PLAIN }",
        "schemes: {PLAIN}, {SHA256}",
        "{cleared} 12 items",
    ]),
    text(
        "snmp-user",
        &[
            "createUser ops SHA \"«{a14}\" AES \"{a14}»\"",
            "createUser ro MD5 «{a12}!»",
            "createUser -e 0x80 ops SHA-256 «{a16} DES {a16}»",
        ],
    )
    .stays(&["createUser(request, response)", "createUser ops", "rouser ops priv"]),
    text(
        "registration-line",
        &[
            "register => office:«{a14}»@sip.example.org/630",
            "register=>1001:«{a10}!x»@10.0.0.1",
            "a001 LOGIN me «{a14}1»\r\n",
        ],
    )
    .stays(&["register => office@sip.example.org", "a001 OK LOGIN completed", "USER LOGIN failed again"]),
    text(
        "snmp-com2sec",
        &[
            "com2sec readonly  default         «{z12}»",
            "com2sec -Cn ctx ops 192.0.2.0/24 «{z10}»\n",
            "com2sec6 ro default \"«{a12}»\" # the new one",
        ],
    )
    .stays(&[
        "com2sec notConfigUser default public",
        "com2sec mynet NETWORK COMMUNITY",
        "com2sec is used to map a name to another one",
        "#       sec.name  source          community",
    ]),
    text(
        "nagios-macro",
        &["$USER6$=«{a12}»", "$USER12$ = «{l6}!{l5}»\n", "# the account of checks\n$USER3$=«{l9}»"],
    )
    .stays(&[
        "$USER1$=/usr/lib/nagios/plugins",
        "command_line $USER1$/check_ping -H $HOSTADDRESS$",
        "$USER4$=",
        "echo $USER=x",
    ]),
    text(
        "uci-secret",
        &[
            "wireless.default_radio0.key='«{a12}»'",
            "uci set wireless.@wifi-iface[0].key=\"«{l6} {l7}»\"",
            "uci set wireless.guest.sae_password=«{a14}» && uci commit",
        ],
    )
    .stays(&[
        "wireless.default_radio0.encryption='psk2'",
        "wireless.default_radio0.key=$KEY",
        "network.lan.proto='static'",
        "we left the network. Then wireless.",
    ]),
    text(
        "murmur-superuser",
        &[
            "<W>2026-01-02 03:04:05.678 1 => Password for 'SuperUser' set to '«{a12}»'",
            "Password for 'SuperUser' set to '«{a16}»'",
            "murmur[1]: Password for 'SuperUser' set to '«{l6}-{a6}»'\n",
        ],
    )
    .stays(&[
        "Password for 'SuperUser' set",
        "'superuser' set to ''",
        "role 'superuser' was set to 'on'",
    ]),
    text(
        "router-group-secret",
        &[
            "priv aes 128 «{a12}» access 10",
            "priv des «{a10}!»\n",
            " vrrp 10 authentication «{a8}»",
            "standby 1 authentication md5 key-string 7 «{H14}»",
        ],
    )
    .stays(&[
        "standby 1 authentication",
        "vrrp 10 priority 110",
        "priv aes encryption",
        "standby 1 authentication cisco",
    ]),
    text(
        "imap-login",
        &[
            "a1 LOGIN me «{l10}»",
            "C: A0042 LOGIN me@example.org \"«{l6} {l7}»\"\r\n",
            "3 LOGIN me «{a12}»\n",
            "a LOGIN \"me\" \"«{l9}»\"",
        ],
    )
    .stays(&[
        "a001 OK LOGIN completed",
        "a1 LOGIN me failed",
        "a1 LOGIN me {9}",
        "host1 LOGIN form has two fields",
        "a1 LOGIN me $PW",
    ]),
    text(
        "router-key-line",
        &["  key 0 «{l6}-{l6}-{n2}»", " key 7 «{H18}»\n", "-    key 0 «{a12}»\r\n", "+ key 6 «{a24}»"],
    )
    .stays(&[" key 0", " key 0 $KEY", "press the key 7 twice", " key 7 times", "the  key 0 of the map"]),
    text(
        "router-key-of-words",
        &[
            "crypto isakmp key «{l6}-{l6}-{l5}» address 192.0.2.1",
            "  pre-shared-key address 10.1.1.1 key «{a14}»",
            "ntp authentication-key 21 sha1 «{h40}»",
            "ntp authentication-key 21 md5 «{l6}-{l5}» 7",
            " key-string «{l6}-{l5}-{l6}»",
            "ppp pap sent-username me@isp.example password 0 «{a12}» # line 2",
            "ppp chap password 0 «{l6}-{l6}»",
            " server-private 10.0.0.1 key «{a14}»",
            "neighbor 10.0.0.1 password «{l6}-{l6}-{l4}»",
            "    set psksecret «{l6}-{l6}»",
        ],
    )
    .stays(&[
        "crypto isakmp key <key> address 192.0.2.1",
        "pre-shared-key address 10.1.1.1",
        "the key-string command",
        "ntp authentication-key 1 md5 ",
        "neighbor 10.0.0.1 password $PW",
        "key-string 7 ****",
    ]),
    text(
        "huawei-cipher",
        &[
            " password cipher «%^%#{a32}:{a10}%^%#»",
            "pre-shared-key cipher «%@%@{a24}!{a6}%@%@»",
            " set authentication password irreversible-cipher «%^%#{a40}%^%#»\n",
        ],
    )
    .stays(&["password cipher %s", "cipher %d of %d", "password cipher <cipher-text>", "cipher %^%#"]),
    text(
        "switch-manager-password",
        &[
            "password manager sha1 «{h40}»",
            r#"password operator plaintext "«{l6}-{l6}»""#,
            r#"password manager user-name "admin" sha256 «{h64}»"#,
            "password operator user-name op plaintext «{a12}»",
        ],
    )
    .stays(&[
        "password manager",
        r#"password manager user-name "admin""#,
        "a password manager with plaintext export",
        "password manager plaintext <password>",
    ]),
    text(
        "encrypted-setting",
        &[
            "        set passphrase ENC «{b60}»",
            "    set ppk-secret ENC «{b44}==»\n",
            "set private-key-password ENC «{a100}»",
            "+        set key ENC «{b88}==»",
        ],
    )
    .stays(&[
        "set passphrase ENC",
        "the codec ENC is used",
        "openssl enc -aes-256-cbc",
        "set key ENC <secret>",
    ]),
    text(
        "mobility-manager",
        &[
            "mgmt-user admin root «{h50}»",
            "mgmt-user ops read-only «{h60}»\n",
            r#"  mgmt-user "admin" "root" «{h50}»"#,
        ],
    )
    .stays(&[
        "mgmt-user admin root",
        "mgmt-user admin root <password>",
        "mgmt-user ssh-pubkey client-cert x root",
    ]),
    text(
        "secret-element",
        &[
            "<rocommunity>«{a10}»</rocommunity>",
            "<keyMaterial>«{l6}-{a8}»</keyMaterial>",
            "<snmp><rwcommunity>«{z8}»</rwcommunity></snmp>",
        ],
    )
    .stays(&[
        "<rocommunity>public</rocommunity>",
        "<rocommunity></rocommunity>",
        "<keyMaterial>$KEY</keyMaterial>",
        "<keyMaterial>********</keyMaterial>",
    ]),
    text(
        "zone-transfer-key",
        &[
            "dig @10.0.0.1 axfr z.example -y hmac-sha256:xfer:«{b43}=»",
            "kdig +short -y xfer:«{b43}=» @10.0.0.1",
            "TSIG=hmac-md5:acme.key:«{b22}==»",
        ],
    )
    .stays(&[
        "dig -y $TSIG z.example",
        "dig @10.0.0.1 axfr z.example",
        "hmac-sha256:name:<key>",
        "ssh -m hmac-sha2-256",
    ]),
    text(
        "chap-secrets-line",
        &[
            r#""user" l2tpd "«{a12}»" *"#,
            "ann pptpd «{l6}-{l6}» *\n",
            r#""user@isp.example" * "«{l6}!{n2}»" *"#,
            "\"ann\"\tpptpd\t\"«{a10}»\"\t192.168.7.11",
        ],
    )
    .stays(&[
        r#""a" * "b" *"#,
        "systemctl restart xl2tpd",
        "pptpd[12]: CTRL: client connected",
        r#""user" l2tpd "$SECRET" *"#,
        "pptpd started on 10.0.0.1",
    ]),
    text(
        "ipsec-secret-line",
        &[
            r#"user : EAP "«{l6} {l6}»""#,
            r#"%any %any : PSK "«{l6}-{l6}»""#,
            "carol : XAUTH «{a12}»\n",
            ": PSK «0s{b24}»",
        ],
    )
    .stays(&[
        "method : EAP peap-mschapv2",
        r#"user : EAP "$SECRET""#,
        "Security : PSK",
        "mode : PSK wpa2",
        "auth : EAP failed",
    ]),
    text(
        "erlang-cookie-option",
        &[
            "erl -sname a -setcookie «{a20}» -noshell",
            "iex --name a@h.example --cookie «{l6}-{l6}» -S mix",
            r#"exec erl -name a@h -setcookie "«{l8}»""#,
        ],
    )
    .stays(&[
        "erl -name a@h -setcookie $COOKIE",
        "erl -setcookie <cookie>",
        "iex --name a@h -S mix",
        "{setcookie, nocookie}",
        "-setcookie Cookie",
    ]),
    text(
        "proxy-list-line",
        &[
            "socks5 192.0.2.1 1080 ann «{a12}»",
            "socks5\t192.0.2.1\t1080\tann\t«{l6}-{l6}»\n",
            "  socks4  192.0.2.7  9050  me  «{a10}»  ",
        ],
    )
    .stays(&[
        "socks5 127.0.0.1 9050",
        "socks5 192.0.2.1 1080 ann $PW",
        "socks5 proxy at 192.0.2.1 port 1080 for all",
    ]),
    text(
        "cloudflared-service-token",
        &[
            "sudo cloudflared service install «eyJ{a60}+{a20}/{a20}»",
            "cloudflared.exe service install «{a80}=»",
            "$ cloudflared service install '«{a60}/{a40}»'",
        ],
    )
    .stays(&[
        "cloudflared service install",
        "cloudflared service install $TUNNEL",
        "cloudflared service install --config /etc/cloudflared/config.yml",
    ]),
    text(
        "kafka-user-line",
        &[
            "  user_admin=\"«{l6}{n2}.»\";",
            "    user_kafka=\"«{a12}»\"",
            "  user_client1=\"«{l6}-{l6}{n2}»\" ;",
        ],
    )
    .stays(&["user_admin=\"{l6}\"", "user_client=\"$PW\"", "user_app_id=\"{n6}\""]),
    text(
        "radius-server-line",
        &[
            "10.32.213.29:1812    «{l6}{n4}+»    3",
            "radius.example.org:1812 «{a16}» 1",
            "127.0.0.1:1813\t«{l6}-{l6}»\t5",
        ],
    )
    .stays(&[
        "10.32.213.29:1812    $SECRET    3",
        "listening on 0.0.0.0:1812",
        "tcp 0 0 10.0.0.1:1812 0.0.0.0:* 7",
    ]),
    text(
        "onion-client-auth",
        &[
            "p53lf57qovyuvwsc6xnrppyply3vtqm7l6pcobkmyqsiofyeznfu5uqd:descriptor:x25519:«{B52}»",
            "private key (base32): «{B52}»",
            "vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd:descriptor:x25519:«{B52}»",
        ],
    )
    .stays(&["descriptor:x25519:{B52}", "public key (base32): {B52}", "private key (base32): <key>"]),
    text(
        "ntlm-response",
        &[
            "[SMB] NTLMv2-SSP Hash : ann::LAB:{h16}:«{h32}:{h96}»",
            "hashcat -m 5600 ann::lab:{h16}:«{h32}:{h64}»",
            "responder: ann::WORKGROUP:{h16}:«{h32}:{h80}»",
        ],
    )
    .stays(&[
        "hashcat -m 5600 hashes.txt",
        "responder: listening on ::1:445",
        "NTLMv2 std::vector<a>::b",
    ]),
    text(
        "relay-password-line",
        &[
            "[smtp.example.org]:587 ann@example.org:«{l6}{n2}#»",
            "smtp.example.org\tann@example.org:«{a18}»",
            "mail.example.net  me@x.example:«{l6}!{n2}»",
        ],
    )
    .stays(&[
        "smtp.example.org ann@example.org:587",
        "mail.example.org ann@example.org",
        "smtp.example.org user@host:port number",
    ]),
];
