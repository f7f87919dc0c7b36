//! Examples for the set `infra`.

use super::super::case::{Case, named, text, token};

/// One per rule, in the order of the file.
pub(super) const CASES: &[Case] = &[
    token("vault-token", &["hvs.{w24}", "hvs.CAES{w90}", "hvb.{w138}"]),
    named("vault-token-named", &["vault"], &["s.{a24}", "{U}"]),
    token("terraform-cloud-token", &["{a14}.atlasv1.{w67}"]),
    token("pulumi-token", &["pul-{h40}"]),
    token("doppler-token", &["dp.pt.{a43}", "dp.st.prd.{a43}", "dp.sa.{a43}"]),
    token("infisical-token", &["st.{h24}.{h32}.{h32}"]),
    token("onepassword-token", &["ops_eyJ{a300}="]),
    token("onepassword-secret-key", &["A3-{u6}-{u6}-{u5}-{u5}-{u5}-{u5}"]),
    text(
        "bitwarden-token",
        &[
            "BWS_ACCESS_TOKEN=«0.{U}.{a30}:{b22}==»",
            "bws run --access-token «0.{U}.{a30}:{b22}==» -- x",
            r#"bitwarden: "«0.{U}.{a30}:{b22}==»""#,
        ],
    )
    .stays(&["BWS_ACCESS_TOKEN=${T}", "bitwarden 0.{U}", "bws 0.5.0"]),
    named("akeyless-key", &["akeyless"], &["{b43}="]),
    named("consul-token", &["consul", "nomad"], &["{U}"]),
    text(
        "kubernetes-token",
        &[
            "    client-key-data: «{b300}==»\n",
            "  tls.key: «{b200}=»\n",
            ".dockerconfigjson: «{b120}»",
            "  dockerconfigjson: \"«eyJ{b120}»\"",
            "    \".dockerconfigjson\" = \"«eyJ{b120}»\"",
            r#""id-token": "«{w80}»""#,
        ],
    )
    .stays(&["tls.key: |", "client-key-data: <base64>", "tls.key: server", "mount tls.key at /etc"]),
    named("kubernetes-bootstrap-token", &["kubeadm", "bootstrap_token"], &["{z6}.{z16}"]),
    token("docker-swarm-key", &["SWMTKN-1-{z50}-{z25}", "SWMKEY-1-{b43}"]),
    token("rancher-token", &["token-{z5}:{z54}"]),
    token("k3s-token", &["K10{h64}::server:{h32}"]),
    token("tailscale-key", &["tskey-auth-{a12}CNTRL-{a32}", "tskey-api-{a12}CNTRL-{a32}"]),
    named(
        "network-service-key",
        &[
            "ngrok",
            "ipinfo",
            "virustotal",
            "shodan",
            "fastly",
            "godaddy",
            "securitytrails",
            "scraperapi",
            "dnsimple",
            "abuseipdb",
        ],
        &["{h32}", "{a32}", "{a48}", "{U}"],
    ),
    token("akamai-token", &["akab-{z16}-{z16}"]),
    named("okta-token", &["okta"], &["00{w40}"]),
    named(
        "identity-service-key",
        &["auth0", "onelogin", "client_secret", "app_secret", "keycloak", "onfido", "clerk"],
        &["{w64}", "{h32}", "{a40}"],
    ),
    token("stytch-secret", &["secret-live-{w36}"]),
    token("confluent-key", &["cflt{b60}"]),
    named("confluent-key-named", &["confluent", "kafka"], &["{b64}", "{u16}"]),
    token("prefect-key", &["pnu_{a36}"]),
    named("truenas-key", &["truenas", "freenas"], &["1-{a64}"]),
    named("fastly-token", &["fastly"], &["{w32}"]),
    text(
        "command-line-password",
        &[
            "sshpass -p '«{a12}»' ssh u@h",
            "docker login -u me -p «{a16}» r.example",
            "ldapsearch -x -D cn=a -w «{a12}» -b x",
            "htpasswd -cb f user «{a10}»\n",
            "keytool -list -storepass «{a10}» -v",
            "smbclient //s/x -U me%«{a10}»",
        ],
    )
    .stays(&[
        "sshpass -e ssh u@h",
        "docker login -u me --password-stdin",
        "docker run -p 8080:80 nginx",
        "mongo --port 27017",
        "docker login -u me -p $PASSWORD",
    ]),
    text(
        "openssl-password",
        &[
            "openssl enc -aes-256-cbc -pass pass:«{a12}» -in f",
            "openssl rsa -passin pass:«{a9}» -in k",
            r#"openssl pkcs12 -passout "pass:«{a14}»""#,
        ],
    )
    .stays(&["openssl enc -pass env:PW", "openssl enc -pass pass:$PW", "one pass: all"]),
    text(
        "gossip-key",
        &[
            "encrypt = \"«{b43}=»\"",
            "{\"encrypt\": \"«{b22}==»\", \"server\": true}",
            "  encrypt_key = \"«{b43}=»\"\n",
            "consul agent -encrypt «{b43}=» -data-dir /x",
            "serf agent -encrypt=«{b22}==»\n",
        ],
    )
    .stays(&["encrypt = true", "encrypt = \"yes\"", "\"encrypt\": \"aes-256\"", "consul agent -encrypt $KEY", "encrypt everything with {h40}",]),
    text(
        "vault-unseal-key",
        &[
            "Unseal Key 1: «{b43}=»",
            "Recovery Key 2: «{b43}=»\n",
            "{\"keys_base64\":[\"«{b43}=\",\"{b43}=»\"],\"n\":2}",
            "\"unseal_keys_b64\": [ \"«{b43}=»\"",
            "Unseal Key 3: «{w44}»\n",
        ],
    )
    .stays(&["Unseal Key 1 of 5:", "unseal key shares: 5", "\"keys_base64\": []"]),
    token("openshift-token", &["sha256~{w43}"]).stays(&["sha256~digest", "credential,sha256~<token>"]),
    token("things-network-key", &["NNSXS.{B39}.{B52}"]),
    token("defined-networking-key", &["dnkey-{z26}-{z52}", "dnkey-{w26}-{w52}"]),
    token(
        "authress-key",
        &["sc_{z10}.{z5}.acc-{z20}.{a60}", "ext_{z12}.{z4}.acc_{z14}.{b90}=", "authress_{z8}.{z6}.acc_{z32}.{w40}"],
    ),
    text(
        "terraform-random-password",
        &[
            r#"{"type":"random_password","name":"x","instances":[{"attributes":{"length":16,"result":"«{a12}!»"}}]}"#,
            r#""type": "random_password", "name": "db", "result": "«{a10}\u0026{a6}»", "special": true"#,
            r#"[{"type":"random_password","values":{"id":"none","result":"«#{a20}»"}}]"#,
        ],
    )
    .stays(&[
        r#"{"type":"random_password","name":"x","mode":"managed"}"#,
        r#"{"type":"random_string","result":"abcdef"}"#,
        r"random_password.db: Refreshing state... [id=none]",
    ]),
    text(
        "registry-user-info",
        &[
            "basic.auth.user.info={u16}:«{b64}»",
            "schema.registry.basic.auth.user.info=app:«{a12}!»",
            "\"basic.auth.user.info\": \"app:«{a14}»\"",
        ],
    )
    .stays(&[
        "basic.auth.credentials.source=USER_INFO",
        "basic.auth.user.info=${KEY}:${SECRET}",
        "basic.auth.user.info=user:password",
        "basic.auth.user.info is required",
    ]),
    text(
        "kafka-user-password",
        &[
            "PlainLoginModule required username=\"adm\" user_adm=\"«{a12}»\";",
            "ScramLoginModule required user_bob=\"«{a10}!\" user_eve=\"{a12}»\";",
            "sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_app=\"«{l6}-{a8}»\";",
        ],
    )
    .stays(&[
        "PlainLoginModule required username=\"adm\";",
        "user_adm=\"{a12}\"",
        "PlainLoginModule required user_adm=\"${PW}\";",
    ]),
    text(
        "secure-link-secret",
        &[
            "secure_link_md5 \"$secure_link_expires$uri$remote_addr «{a24}»\";",
            "secure_link_md5 \"$secure_link_expires$uri «{l6}-{a12}»\";",
            "  secure_link_md5 '$uri «{h32}»';",
        ],
    )
    .stays(&[
        "secure_link_md5 \"$secure_link_expires$uri secret\";",
        "secure_link_md5 \"$secure_link_expires$uri $remote_address_of_it\";",
        "secure_link $arg_md5,$arg_expires;",
    ]),
    text(
        "pulumi-encryption-salt",
        &[
            "encryptionsalt: «v1:{b12}:{b40}==»",
            "encryptionsalt: \"«v1:{b11}=:v1:{b16}:{b44}»\"",
            "  encryptionsalt: '«v1:{b12}:{b32}»'",
        ],
    )
    .stays(&["encryptionsalt: v1", "encryptionsalt: $SALT", "the encryptionsalt of a stack"]),
];
