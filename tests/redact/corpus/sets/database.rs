//! Examples for the set `database`.

use super::super::case::{Case, named, text, token};

/// One per rule, in the order of the file.
pub(super) const CASES: &[Case] = &[
    text(
        "connection-string-password",
        &[
            "Server=db;Database=app;User Id=sa;Password=«{a12}!»;",
            r#""Data Source=tcp:x,1433;Uid=u;Pwd=«{a14}»""#,
            "Host=localhost;Port=5432;Username=p;Password=«{a10}»",
        ],
    )
    .stays(&[
        "Server=db;Integrated Security=true;",
        "Server=db;User Id=sa;Password=;",
        "Server=db;User Id=sa;Password=${PW};",
    ]),
    text(
        "libpq-password",
        &[
            "host=db port=5432 user=app password=«{a12}» dbname=app",
            r#""dbname=app user=x password=«{a9}»""#,
            "host=h user=u password='«{a14}»'",
        ],
    )
    .stays(&[
        "host=db user=app password=",
        "host=db user=app dbname=x",
        "host=db user=app password=${PW}",
    ]),
    text(
        "sql-password",
        &[
            "CREATE USER 'a'@'%' IDENTIFIED BY '«{a12}!»';",
            "ALTER ROLE app WITH PASSWORD '«{a14}»';",
            "ALTER USER app WITH ENCRYPTED PASSWORD '«{a14}»';",
            "CREATE LOGIN sa WITH PASSWORD = '«{a12}»';",
            "SET PASSWORD FOR 'a'@'b' = PASSWORD('«{a12}»');",
        ],
    )
    .stays(&[
        "CREATE USER a IDENTIFIED BY '';",
        "ALTER ROLE app WITH PASSWORD NULL;",
        "users identified by their name",
        "IDENTIFIED BY '$PW'",
    ]),
    text(
        "mysql-option-password",
        &[
            "mysql -u root -p«{a10}» app",
            r#"mysqldump -uapp -p"«{a12}»" db"#,
            "mariadb -h db -u u -p«{a9}»\n",
        ],
    )
    .stays(&["mysql -u root -p app", "mysql -p -u root", "mysqldump -p$PW app"]),
    text(
        "pgpass-line",
        &["db.example:5432:app:me:«{a12}»\n", "*:*:*:me:«{a9}»\n", "localhost:5433:*:u:«{a14}»\n"],
    )
    .stays(&["localhost:5432:open", "0.0.0.0:5432->5432/tcp", "a:5432:b"]),
    text(
        "redis-auth",
        &["redis-cli -h c -a «{a16}» ping", "requirepass «{a24}»\n", r#"masterauth "«{a20}»""#],
    )
    .stays(&["redis-cli -h c ping", "redis-cli -a $PW", "requirepass <password>"]),
    token("planetscale-token", &["pscale_pw_{w43}", "pscale_tkn_{w43}", "pscale_oauth_{w43}"]),
    named("planetscale-id", &["planetscale"], &["{z12}"]),
    token("neon-key", &["napi_{z64}", "npg_{a16}"]),
    token("cockroach-key", &["CCDB1_{a22}_{a40}"]),
    token("mongodb-atlas-secret", &["mdb_sa_sk_{w40}"]),
    named("mongodb-atlas-key", &["atlas", "mongodb"], &["{U}"]),
    token("databricks-token", &["dapi{h32}"]),
    token("faunadb-key", &["fnA{w40}"]),
    token("aiven-token", &["AVNS_{w19}", "aivenv1_{w60}"]),
    named(
        "database-service-key",
        &["upstash", "turso", "snowflake", "algolia", "influx", "elastic", "meilisearch"],
        &["{h64}", "{w48}", "{b86}=="],
    ),
    token("astra-token", &["AstraCS:{a24}:{h64}"]),
    token("xata-key", &["xau_{a32}"]),
    text(
        "pgbouncer-user",
        &[
            "\"app\" \"«md5{h32}»\"",
            "\"me\"  \"«md5{h32}»\"\n",
            "\"ops\" \"«SCRAM-SHA-256$4096:{b22}==${b43}=:{b43}=»\"",
        ],
    )
    .stays(&["\"app\" \"md5\"", "\"etag\": \"md5{h32}\"", "\"app\" \"\""]),
    text(
        "redis-acl-password",
        &[
            "ACL SETUSER alice on >«{a12}» ~cached:* +get",
            "user worker on >«{l10}» ~* &* +@all",
            "redis-cli acl setuser app reset on '>«{a14}!»' allkeys",
            "user worker +@list +@connection ~jobs:* on >«{h15}»\n",
        ],
    )
    .stays(&[
        "ACL SETUSER alice on nopass ~* +@all",
        "user default on nopass ~* &* +@all",
        "ACL SETUSER alice on >$PW ~*",
        "the feature is on >out.log 2>&1",
        "set it to on >file1.txt",
    ]),
    text(
        "sql-bare-password",
        &[
            "CREATE USER app IDENTIFIED BY «{a12}» DEFAULT TABLESPACE users",
            "ALTER USER sys IDENTIFIED BY «{l6}_{l6}»;",
            "CREATE DATABASE LINK l CONNECT TO app IDENTIFIED BY «{l6}#{n2}» USING 'd'",
        ],
    )
    .stays(&[
        "CREATE USER app IDENTIFIED BY &pw",
        "CREATE USER app IDENTIFIED BY <password>",
        "CREATE USER app IDENTIFIED BY $PW",
        "CREATE USER app IDENTIFIED EXTERNALLY",
        "alter user app identified by password",
    ]),
    text(
        "sql-connect-user",
        &[
            "ATTACH DATABASE 'x.db' AS y KEY '«{l6} {l6}»';",
            r#"dbaccess - <<< "connect to 'd' user 'u' using '«{a12}»'""#,
            "db2 connect to sample user app using «{l6}-{l6}»",
            r#"cx_Oracle.connect("ann/«{a12}»@h")"#,
        ],
    )
    .stays(&[
        "ATTACH DATABASE 'x.db' AS y KEY '';",
        "ATTACH DATABASE 'x.db' AS y",
        "connect to the server as user ann using ssh",
        "connect to sample user app using $PW",
    ]),
    text(
        "redis-acl-hash",
        &[
            "ACL SETUSER ann on #«{h64}» ~* +@all",
            "user ann on #«{h64}» ~cached:* +get",
            "user default on sanitize-payload #«{h64}» ~* &* +@all",
        ],
    )
    .stays(&["user default on nopass ~* +@all", "see the note on #12", "ACL SETUSER ann on #<hash>"]),
    text(
        "broker-password-hash",
        &[
            r#"{"name":"ann","password_hash":"«{b48}»"}"#,
            r#""password_hash": "«{b47}=»","#,
            "'password_hash' => '«{b48}»'",
        ],
    )
    .stays(&[
        r#""password_hash": "<hash>""#,
        r#""password_hash": """#,
        r#""password_hash": "sha256""#,
        r#"password_hash("x")"#,
    ]),
    text(
        "elasticsearch-encoded-key",
        &[
            r#"  "encoded" : "«{b56}==»""#,
            r#"{"id":"x","name":"y","encoded":"«{b60}»"}"#,
            r#""encoded": "«{b58}==»","#,
        ],
    )
    .stays(&[r#""encoded": true"#, r#""encoded": "aGVsbG8=""#, r#""encoded": "utf-8""#]),
    text(
        "transactor-password",
        &[
            r#"Transactor.fromDriverManager[IO]("org.postgresql.Driver", "jdbc:postgresql:x", "me", "«{l6}{n4}_»")"#,
            r#"fromDriverManager[F]("d", "jdbc:x", "me", "«{a12}»", None)"#,
            r#"Transactor.fromDriverManager("d", "jdbc:x", "me", "«{l6}!{n2}»")"#,
        ],
    )
    .stays(&[
        r#"fromDriverManager[IO]("d", "jdbc:x", "me", "password")"#,
        r#"fromDriverManager[IO]("d", "jdbc:x", user, pw)"#,
        r#"fromDriverManager[IO]("d", "jdbc:x", "me", "$PW")"#,
    ]),
];
