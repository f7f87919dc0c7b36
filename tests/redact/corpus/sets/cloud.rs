//! Examples for the set `cloud`.

use super::super::case::{Case, named, text, token};

/// One per rule, in the order of the file.
pub(super) const CASES: &[Case] = &[
    token("aws-access-key-id", &["AKIA{B16}", "ASIA{B16}"]),
    text("aws-secret-access-key", &["aws_secret_access_key = «{b40}»\n", r#""SecretAccessKey": "«{b40}»","#, "aws token - '«{b40}»'", "AWS_SECRET_KEY=«{b40}»", "<secretKey>«{b40}»</secretKey>"]).stays(&["aws_commit: {h40}", "secret path /usr/share/doc/someverylongname/thatgoeson/andon", "aws_secret_access_key = ${AWS_SECRET_ACCESS_KEY}", r#"secret_name = "thisisalongnameofonlylettersthatgoesonandon""#]),
    token("aws-session-token", &["IQoJb3JpZ2lu{a200}"]),
    text("aws-session-token-named", &["aws_session_token = «{b160}»\n", r#""SessionToken": "«{b160}»""#, "X-Amz-Security-Token: «{b160}»\n"]).stays(&["session_token = ${TOKEN}", "session token is short: abc", "security-token: {h40}"]),
    token("aws-bedrock-api-key", &["ABSK{a120}", "bedrock-api-key-{a120}"]),
    token("aws-mws-token", &["amzn.mws.{U}"]),
    token("amazon-oauth-secret", &["amzn1.oa2-cs.v1.{h64}"]),
    token("amazon-oauth-token", &["Atza|{w120}"]),
    token("amazon-oauth-client-id", &["amzn1.application-oa2-client.{h32}"]),
    token("aws-appsync-key", &["da2-{z26}"]),
    text("aws-presigned-signature", &["https://b.s3.amazonaws.com/k?X-Amz-Expires=60&X-Amz-Signature=«{h64}»", "https://b.s3.amazonaws.com/k?AWSAccessKeyId=x&Expires=1&Signature=«{a27}%3D»", "GET /k?X-Amz-Signature=«{h64}»&x=1"]).stays(&["X-Amz-Signature=$SIG", "?Signature=", "X-Amz-SignedHeaders=host"]),
    token("gcp-api-key", &["AIza{w35}"]),
    token("gcp-oauth-client-secret", &["GOCSPX-{w28}"]),
    token("gcp-oauth-access-token", &["ya29.{w120}"]),
    token("gcp-oauth-refresh-token", &["1//0{w60}"]),
    token("gcp-oauth-auth-code", &["4/0A{w70}"]),
    text("gcp-private-key-id", &[r#""private_key_id": "«{h40}»","#, r#"{\"private_key_id\":\"«{h40}»\"}"#, "private_key_id = «{h40}»"]).stays(&[r#""private_key_id": """#, "private_key_id: ${ID}", "private_key_id is 40 hexadecimal digits"]),
    token("gcp-hmac-key", &["GOOG1{u56}"]),
    token("gcp-fcm-server-key", &["AAAA{w7}:{w140}"]),
    text("azure-connection-key", &["DefaultEndpointsProtocol=https;AccountName=a;AccountKey=«{b86}==»;EndpointSuffix=core.windows.net", "Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=«{b43}=»", r#""AccountKey": "«{b86}==»""#]).stays(&["AccountKey=;", "SharedAccessKeyName=RootManageSharedAccessKey", "AccountKey=<your account key>"]),
    text(
        "azure-primary-key",
        &[
            r#""primaryKey": "«{b43}=»""#,
            "PrimaryKey=«{b86}==»",
            r#"{"secondaryKey":"«{a32}»"}"#,
        ],
    )
    .stays(&[r#"primaryKey: "id""#, r#""primaryKey": "{h32}""#, "secondary_key = customer_account_identifier_x"]),
    token("azure-identifiable-key", &["{a76}+ASt{a6}==", "{a42}AzSe{a6}"]),
    token("azure-annotated-key", &["{a52}JQQJ99{a26}"]),
    token("azure-client-secret", &["{a3}8Q~{a34}"]),
    text("azure-sas-signature", &["https://a.blob.core.windows.net/c?sv=2024-01-01&se=2026-01-01&sp=r&sig=«{a41}%2B%3D»", "SharedAccessSignature sr=x&sig=«{a43}%3D»&se=1", "?sv=2022&sig=«{b43}=»"]).stays(&["?sig=", "&sig=$SIG", "the parameter sig= holds it"]),
    text("azure-function-code", &["https://app.azurewebsites.net/api/run?code=«{w54}»", "curl https://app.azurewebsites.net/api/run?x=1&code=«{a52}==»", r#""https://app.azurewebsites.net/api/run?code=«{w54}»""#]).stays(&["https://app.azurewebsites.net/api/run?code=", "https://app.azurewebsites.net/api/run?code=200", "https://app.azurewebsites.net/"]),
    token("azure-devops-token", &["{a76}AZDO{a4}"]),
    named("azure-devops-token-named", &["azure_devops", "vsts"], &["{y52}"]),
    named("azure-key-named", &["azure", "bing_search", "ocp-apim-subscription-key"], &["{h32}"]),
    named("azure-storage-key-named", &["azure_storage", "cosmosdb", "storage_account_key"], &["{b86}=="]),
    text(
        "aws-credentials-row",
        &[
            "ACCESSKEY\tAKIA{B16}\t2026-01-02T03:04:05+00:00\t«{b40}\tActive»\tme",
            "CREDENTIALS\tASIA{B16}\t2026-01-02T03:04:05Z\t«{b40}\t{b200}»",
            "ACCESSKEY\tAKIA{B16}\t2026-01-02T03:04:05Z\t«{b40}»\n",
        ],
    )
    .stays(&[
        "ACCESSKEY\tcreated\tby\tme",
        "CREDENTIALS\tnone",
        "ACCESSKEYMETADATA\t2026-01-02T03:04:05Z\tActive\tme",
    ]),
    text(
        "aws-key-pair",
        &[
            "AKIA{B16}:«{b40}»\n",
            "alice,AKIA{B16},«{b40}»",
            "\"ASIA{B16}\";\"«{b40}»\"",
            "AKIA{B16}\t«{b40}»",
            "AKIA{B16} / «{b40}»",
            "| AKIA{B16}  |  «{b40}» |",
        ],
    )
    .stays(&[
        "AKIA:{h40}",
        "Asia/Tokyo  {h40}",
        "ASIA, {h40}, Active",
    ]),
    text(
        "azure-key-table",
        &[
            "key1       FULL           «{b86}==»",
            "2026-01-02T03:04:05.678901+00:00  key2       FULL           «{b86}==»",
            "| key1 | Full | «{b86}==» |",
        ],
    )
    .stays(&["key1       FULL", "key2 full of words", "key1  FULL  {b20}"]),
    text(
        "aws-parameter-value",
        &[
            "{\"Name\": \"/x/y\", \"Type\": \"SecureString\", \"Value\": \"«{l5} {a6}-{l6}»\", \"Version\": 1}",
            "{'Name': 'x', 'Type': 'SecureString', 'Value': '«{a14}»', 'Version': 2}",
            r#"{\"Type\":\"SecureString\",\"Value\":\"«{a14}»\"}"#,
        ],
    )
    .stays(&[
        "{\"Name\": \"x\", \"Type\": \"String\", \"Value\": \"blue\"}",
        "{\"Name\": \"x\", \"Type\": \"SecureString\", \"Version\": 1}",
        "{\"Type\": \"SecureString\"}, {\"Value\": \"blue\"}",
    ]),
    text(
        "azure-account-key-setting",
        &[
            "spark.conf.set(\"fs.azure.account.key.mydata.dfs.core.windows.net\", \"«{b86}==»\")",
            "<name>fs.azure.account.key.mydata.blob.core.windows.net</name><value>«{b86}==»</value>",
            "fs.azure.account.key.mydata.dfs.core.windows.net=«{b86}==»",
        ],
    )
    .stays(&[
        "spark.conf.get(\"fs.azure.account.key.mydata.dfs.core.windows.net\")",
        "\"fs.azure.account.key.mydata.dfs.core.windows.net\", key)",
        "fs.azure.account.auth.type=OAuth",
    ]),
    text(
        "parameter-row",
        &[
            "PARAMETERS\tarn:x\ttext\t2025\t/prod/db\tSecureString\t«{l6}{n3}»\t6",
            "/prod/key  SecureString  «{a24}»  12",
            "PARAMETER\t/p\tSecureString\t«{l6}-{l6}»\t1",
        ],
    )
    .stays(&[
        "/prod/key\tSecureString\t2025-01-01\tv",
        "Type SecureString is for secrets",
        "SecureString\tAQICAHh{a24}\t3",
    ]),
    text(
        "azure-key-of-pair",
        &[
            "\"primaryKey\": \"«{b43}=»\"",
            "secondaryMasterKey: «{b86}==»",
            "primary_key = \"«{b43}=»\"",
        ],
    )
    .stays(&["\"primaryKey\": \"user_id\"", "primary_key = true", "\"primaryKey\": \"{b20}\""]),
];
