//! Examples for the set `keys`.

use super::super::case::{Case, named, text, token};

/// One per rule, in the order of the file.
pub(super) const CASES: &[Case] = &[
    token("private-key-base64", &["LS0tLS1CRUdJTiBQUklWQVRF{b200}"]),
    token("age-secret-key", &["AGE-SECRET-KEY-1{u58}", "AGE-PLUGIN-YUBIKEY-1{u50}"]),
    token("minisign-secret-key", &["RWRTY0Iy{b200}=="]),
    text(
        "wireguard-key",
        &["PrivateKey = «{b43}=»\n", "PresharedKey=«{b43}=»", r#""private_key": "«{b43}=»""#],
    )
    .stays(&["PublicKey = {b43}=", "PrivateKey = ", "PrivateKey = <your key>"]),
    text(
        "jwk-private",
        &[
            r#"{"kty":"EC","crv":"P-256","d":"«{w43}»"}"#,
            r#"{"kty": "oct", "k": "«{w86}»"}"#,
            r#"{"kty":"RSA","e":"AQAB","p": "«{w86}»"}"#,
            "const jwk = { kty: 'oct', alg: 'HS256', k: '«{w43}»' };",
        ],
    )
    .stays(&[
        r#"{"kty":"EC","crv":"P-256","x":"{w43}","y":"{w43}"}"#,
        r#"{"d": "2026-01-02"}"#,
        r#"{"k": "v"}"#,
    ]),
    token("bitcoin-extended-key", &["xprv9s21{v104}"]),
    token("nostr-secret-key", &["nsec1{z58}"]),
    named("wallet-key-named", &["private_key", "privkey", "signing_key"], &["0x{h64}", "{h64}", "K{v51}"]),
    text(
        "mnemonic-phrase",
        &[
            r#"MNEMONIC="«{l4} {l5} {l6} {l4} {l3} {l5} {l6} {l4} {l3} {l5} {l6} {l4}»""#,
            "mnemonic: «{l4} {l5} {l6} {l4} {l3} {l5} {l6} {l4} {l3} {l5} {l6} {l4}»",
            "seed phrase is «{l4} {l5} {l6} {l4} {l3} {l5} {l6} {l4} {l3} {l5} {l6} {l4}»",
            "seed phrase (a copy is in the safe): «{l4} {l5} {l6} {l4} {l7} {l5} {l6} {l4} {l3} {l5} {l6} {l4}»",
            "recovery words: «{l4} {l5} {l6} {l4} {l3} {l5} {l6} {l4} {l3} {l5} {l6} {l4}»",
        ],
    )
    .stays(&["mnemonic: mov eax", "seed phrase has twelve words",
        "Recovery words (BIP-39): these twelve words will only ever show up here once more and then never", "MNEMONIC=$WORDS"]),
    text(
        "password-hash",
        &[
            "$«2b$12${s53}»",
            "x $«apr1${s8}${s22}»",
            r#""$«argon2id$v=19$m=65536,t=3,p=4${b22}${b43}»""#,
            r#"h: "$«6${s16}${s86}»""#,
        ],
    )
    .stays(&[r#"echo "$1$2""#, "price: $6$ and $5$", r"s/\(.*\)/$1$2/"]),
    text(
        "password-hash-framework",
        &[
            "«pbkdf2_sha256$600000${a22}${b43}=»",
            r#"h = "«pbkdf2:sha256:600000${a16}${h64}»""#,
            "«scrypt:32768:8:1${a16}${h128}»\n",
        ],
    )
    .stays(&["pbkdf2_sha256 is the default", "scrypt: a key derivation", "pbkdf2:sha256"]),
    text(
        "shadow-hash",
        &["root:$«6${s16}${s86}»:19000:0:99999:7:::", "admin:«{SHA}{b27}=»\n", "user:$«apr1${s8}${s22}»\n"],
    )
    .stays(&["root:x:0:0:root:/root:/bin/bash", "root:!:19000:0", "user:$HASH"]),
    text("ldap-password-hash", &["userPassword: «{SSHA}{b38}=»\n", "«{MD5}{b22}==»", r#""«{SHA}{b27}=»""#])
        .stays(&["{SSHA} is a scheme", "userPassword: {SSHA}", "{sha}"]),
    text(
        "windows-hash-dump",
        &["admin:500:«{h32}:{h32}»:::", r"x\user$:1103:«{h32}:{h32}»:::", "Guest:501:«{h32}:{h32}»:::\n"],
    )
    .stays(&["a:1:b:::", "::: warning", "x:500:{h32}"]),
    text(
        "cisco-secret",
        &["enable secret 5 «$1${s4}${s22}»\n", "username a password 7 «{n2}{H16}»\n", " key 7 «{n2}{H18}»\n"],
    )
    .stays(&["password 7 days old", "secret 5 times", "key 7 of 9"]),
    named(
        "encryption-key-named",
        &["app_key", "encryption_key", "secret_key_base", "jwt_secret", "fernet"],
        &["{h64}", "base64:{b43}=", "{w43}="],
    ),
    text(
        "tls-key-log",
        &[
            "CLIENT_RANDOM {h64} «{h96}»",
            "SERVER_HANDSHAKE_TRAFFIC_SECRET {h64} «{h64}»",
            "EXPORTER_SECRET {h64} «{h96}»",
        ],
    )
    .stays(&["CLIENT_RANDOM {h64}", "client_random is 32 bytes", "CLIENT_RANDOM = 1"]),
    text(
        "nt-hash",
        &[
            "me:1001:XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:«{H32}»:[U          ]:LCT-5F3A2B1C:",
            "aad3b435b51404eeaad3b435b51404ee:«{h32}»",
            "me:AAD3B435B51404EEAAD3B435B51404EE:«{H32}»:",
        ],
    )
    .stays(&[
        "me:1001:XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:[U          ]:LCT-00000000:",
        "aad3b435b51404eeaad3b435b51404ee",
        "aad3b435b51404eeaad3b435b51404ee:<hash>",
    ]),
    text(
        "crypt-key",
        &[
            "'crypt' => ['key' => '«{h32}»'],",
            "'crypt' => array('key' => '«{h32}»')",
            "return ['crypt' => [ 'key' => '«base64{b43}=»' ]];",
        ],
    )
    .stays(&["'crypt' => ['key' => ''],", "'crypt' => ['date' => 'today']", "'crypt' => $crypt"]),
    text(
        "encrypted-in-braces",
        &[
            "<password>{«AQAAABAAAAAQ{b43}=»}</password>",
            "pw: {«AQAAABAAAAAg{b62}==»}",
            "\"{«AQAAABAAAAAw{b64}»}\"",
        ],
    )
    .stays(&["{AQAAABAAAAAQ}", "AQAAABAAAAAQ{b43}=", "<password>{}</password>"]),
    text(
        "bitlocker-recovery-key",
        &[
            "Recovery Key: «{n6}-{n6}-{n6}-{n6}-{n6}-{n6}-{n6}-{n6}»",
            "RecoveryPassword     : «{n6}-{n6}-{n6}-{n6}-{n6}-{n6}-{n6}-{n6}»\n",
            "manage-bde -unlock D: -RecoveryPassword «{n6}-{n6}-{n6}-{n6}-{n6}-{n6}-{n6}-{n6}»",
        ],
    )
    .stays(&[
        "Recovery Key: {n6}-{n6}-{n6}",
        "manage-bde -status C:",
        "the recovery key is 48 digits long",
    ]),
    text(
        "wallet-call",
        &[
            "const w = new ethers.Wallet(\"«0x{h64}»\", provider)",
            "new HDWalletProvider('«{l5} {l4} {l6} {l5} {l7} {l3} {l5} {l6} {l8} {l4} {l5} {l6}»', url)",
            "Wallet.fromMnemonic(\"«{l5} {l4} {l6} {l5} {l7} {l3} {l5} {l6} {l8} {l4} {l5} {l6}»\")",
            "acct = Account.from_key(\"«{h64}»\")",
        ],
    )
    .stays(&[
        "new ethers.Wallet(process.env.KEY, provider)",
        "new HDWalletProvider(words, \"http://127.0.0.1:8545\")",
        "Wallet.fromMnemonic(\"your twelve words go here\")",
        "createWallet(\"savings\")",
    ]),
    text(
        "wireguard-key-piped",
        &[
            "wg set wg0 private-key <(echo «{b43}=»)",
            "wg set wg0 peer {b43}= preshared-key <(echo -n \"«{b43}=»\") endpoint h.example:51820",
            "wg pubkey <<< \"«{b43}=»\"",
        ],
    )
    .stays(&[
        "wg set wg0 private-key /etc/wireguard/private.key",
        "wg set wg0 private-key <(echo \"$KEY\")",
        "wg genkey | tee privatekey | wg pubkey > publickey",
    ]),
    text(
        "crypt-hash-anywhere",
        &["$«6${s8}${s86}»", "($«6$rounds=5000${s12}${s86}»)", "ann,$«1${s8}${s22}»,x", "$«6${s8}${s86}:zephyr183!»", ">$«y$j9T${s22}${s43}»<", "secret 9 $«9${s14}${s43}»", "$«5$rounds=5000${s8}${s43}»\n"],
    )
    .stays(&["sed s/a/$1$2/", r#"print "$6$salt""#, "$5$abc", "cost $1$ and $5$"]),
    text(
        "password-hash-of-program",
        &["password_pbkdf2 root grub.pbkdf2.sha512.10000.«{H128}.{H128}»", " ann | SCRAM-SHA-256$«4096:{b22}==${b43}=:{b43}=»", "x $P$«B{s30}»", "{PKCS5S2}«{b64}»", "$S$«D{s51}»", "sha1$«{a5}${h40}»"],
    )
    .stays(&["password_pbkdf2 root grub.pbkdf2.sha512", "SCRAM-SHA-256$iterations", "$P$B", "the {PKCS5S2} prefix", "sha1$salt$hash", "md5$(x)"]),
    text(
        "postgres-md5",
        &["«md5{h32}»", " postgres | «md5{h32}»", "ALTER ROLE ann PASSWORD '«md5{h32}»';"],
    )
    .stays(&["md5 {h32}", "md5sum {h32}", "md5:{h32}", "libmd5a.so", "md5-{h32}", r#""etag": "md5{h32}""#, "md5{h32}  file.txt"]),
    text(
        "mysql-hash-cell",
        &["| root | localhost | «*{H40}» |", "| «*{H40}» |", "| u | % | mysql_native_password | «*{H40}» | N |", "authentication_string: «*{H40}»"],
    )
    .stays(&["| *emphasis* | x |", "| *{H10} | x |", "* {H40}", "| *{l40} |"]),
    text(
        "kerberos-hash",
        &["$krb5tgs$«23$*svc$CORP.EXAMPLE$http/h*${h32}${h200}»", "$krb5asrep$«23$ann@CORP.EXAMPLE:{h32}${h200}»", "corp/ann:$DCC2$«10240#ann#{h32}»", "$keepass$«*2*60000*0*{h64}*{h64}»"],
    )
    .stays(&["$krb5tgs$", "see $krb5asrep$23$", "$office$<hash>", "$pdf$page"]),
    text(
        "account-key-dump",
        &["krbtgt:aes256-cts-hmac-sha1-96:«{h64}»", "     * NTLM     : «{h32}»", "  Hash NTLM: «{h32}»", "NTHASH:«{h32}»", "psexec.py -hashes «:{h32}» ann@h.example", r"CORP\H1$:plain_password_hex:«{h200}»"],
    )
    .stays(&["default_tkt_enctypes = aes256-cts-hmac-sha1-96", "NTLM : failed", "ntlm auth: yes", "x -hashes file.txt"]),
    text(
        "nkey-seed",
        &["«SUA{B55}»", "nkey: «SAA{B55}»", r#"NKEY_SEED="«SUB{B55}»""#, "seed=«SOA{B55}»\n"],
    )
    .stays(&["SUAVE", "SUBSCRIBE TO", "UA{B54}", "XSUA{B55}"]),
    text(
        "junos-secret",
        &[r#"    secret "«$9${s30}»"; ## SECRET-DATA"#, "set snmp v3 x authentication-key '«$9${s24}»'", "authentication-key «$9${s20}»;"],
    )
    .stays(&[r#""$9$""#, "awk '{print $9$1}'", r#"cost "$9$" x"#]),
    text(
        "wallet-accounts",
        &[r#"accounts: [«"0x{h64}"»]"#, "      accounts: [«'{h64}', '0x{h64}'»],", r#""accounts": [«"0x{h64}"»]"#],
    )
    .stays(&["accounts: [process.env.KEY]", r#"accounts: ["0x{h40}"]"#, "accounts: []", r#"accounts: ["$KEY"]"#]),
    text(
        "framework-key-base64",
        &["= \"base64:«{b43}=»\"", "base64:«{b43}=»", "key => base64:«{b43}=»"],
    )
    .stays(&["data:image/png;base64:{b43}=", "base64:{b20}=", "-d base64: reads"]),
    text(
        "lorawan-key-object",
        &[
            r#""nwk_s_enc_key": {"key": "«{H32}»"}, "dev_addr": "x""#,
            r#"{"app_s_key":{"key":"«{H32}»"}}"#,
            r#""f_nwk_s_int_key": { "key": "«{H32}»" }"#,
        ],
    )
    .stays(&[r#""app_key": {"kek_label": "x"}"#, r#""nwk_key": {}"#, r#""app_s_key": {"key": "<key>"}"#]),
    text(
        "wallet-import-key",
        &[
            "# paper wallet 3 -> «K{v51}»",
            "bc1q9z3hm5d0x7kq,«L{v51}»,payouts",
            "wif: «5{v50}»",
        ],
    )
    .stays(&["wallet: bc1q9z3hm5d0x7kq", "bitcoin-core-27.1", "wif: K{v20}"]),
];
