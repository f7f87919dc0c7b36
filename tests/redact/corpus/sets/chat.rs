//! Examples for the set `chat`.

use super::super::case::{Case, named, text, token};

/// One per rule, in the order of the file.
pub(super) const CASES: &[Case] = &[
    token(
        "slack-token",
        &[
            "xoxb-{n12}-{n12}-{a24}",
            "xoxp-{n12}-{n12}-{n12}-{h32}",
            "xapp-1-A{u10}-{n13}-{h64}",
            "xoxe.xoxp-1-{a96}",
            "xoxe-1-{a140}",
        ],
    ),
    token("slack-cookie", &["xoxd-{a60}%2B{a60}"]),
    text(
        "slack-webhook",
        &[
            "«https://hooks.slack.com/services/T{u8}/B{u8}/{a24}»",
            "«https://hooks.slack.com/workflows/T{u8}/A{u8}/{n18}/{a24}»",
            r#"url: "«https://hooks.slack.com/services/T{u10}/B{u10}/{a24}»""#,
        ],
    )
    .stays(&[
        "https://hooks.slack.com/services/",
        "https://hooks.slack.com/services/T000/B000/<token>",
        "see hooks.slack.com/services",
    ]),
    text(
        "discord-webhook",
        &[
            "«https://discord.com/api/webhooks/{n18}/{w68}»",
            "«https://discordapp.com/api/webhooks/{n19}/{w68}»",
            "«https://discord.com/api/v10/webhooks/{n18}/{w68}»",
            "«https://discord.com/api/webhooks/{n15}/{w40}»",
            "«https://discord.com/api/webhooks/{n22}/{w60}»",
        ],
    )
    .stays(&[
        "https://discord.com/api/webhooks/",
        "https://discord.com/api/webhooks/<id>/<token>",
        "https://api.example.com/webhooks/123",
    ]),
    named("discord-token-named", &["discord"], &["M{w23}.{w6}.{w38}", "{w32}", "{h64}"]),
    token("discord-mfa-token", &["mfa.{w84}"]),
    text(
        "discord-bot-token",
        &[
            r#"client.login("«MT{a24}.G{w5}.{w38}»")"#,
            "Authorization: Bot «NT{a22}.X{w5}.{w27}»",
            "discord: «OD{a24}.{w6}.{w38}»",
            "bot.run(\"«MT{a22}.{a6}.{a27}»\")",
            "client.run('«OT{a22}.G{a5}.{w38}»')",
        ],
    )
    .stays(&["Bot token", "token: a.b.c", r#"token = "MT.x.y""#, "bot.run(\"main.py\")"]),
    token("telegram-bot-token", &["{n10}:AA{w33}"]),
    named("telegram-token-named", &["telegram", "tg_bot"], &["{n9}:{w35}"]),
    text(
        "teams-webhook",
        &[
            "https://acme.webhook.office.com/«webhookb2/{U}@{U}/IncomingWebhook/{h32}/{U}»",
            "<https://x.webhook.office.com/«webhookb2/{U}@{U}/IncomingWebhook/{h32}/{U}/V2{w40}»>",
            r#"url="https://x.webhook.office.com/«webhookb2/{U}@{U}/IncomingWebhook/{h32}/{U}»""#,
        ],
    )
    .stays(&[
        "https://acme.webhook.office.com/",
        "https://acme.webhook.office.com/webhookb2/<id>",
        "see webhook.office.com/webhookb2",
    ]),
    text(
        "google-chat-webhook",
        &[
            "https://chat.googleapis.com/v1/spaces/AAAA{w7}/messages?«key=k&token={w43}%3D»",
            r#""https://chat.googleapis.com/v1/spaces/{w11}/messages?«token={w43}»""#,
            "https://chat.googleapis.com/v1/spaces/{w11}/messages?«key=k&token={w43}&threadKey=t»",
        ],
    )
    .stays(&[
        "https://chat.googleapis.com/v1/spaces/x/messages",
        "https://chat.googleapis.com/v1/spaces/x/messages?token=",
        "https://chat.googleapis.com/v1/spaces/x/messages?threadKey=t",
    ]),
    named("mattermost-token", &["mattermost"], &["{z26}"]),
    named("rocketchat-token", &["rocketchat"], &["{w43}"]),
    named("line-token", &["line_channel", "line_notify"], &["{b171}=", "{h32}"]),
    token("matrix-token", &["syt_{a12}_{L20}_{a6}"]),
    named("twilio-key", &["twilio"], &["AC{h32}", "SK{h32}", "{h32}"]),
    named("vonage-key", &["vonage", "nexmo"], &["{a16}"]),
    named("plivo-token", &["plivo"], &["{a40}", "MA{u18}"]),
    named("messagebird-key", &["messagebird"], &["{a25}"]),
    named("zoom-token", &["zoom"], &["{a32}"]),
    named("intercom-token", &["intercom"], &["dG9rO{a54}=", "{h40}"]),
    token("intercom-token-prefix", &["dG9rO{a54}="]),
    token("webex-bot-token", &["{a64}_PF84_{U}"]),
    named("webex-token-named", &["webex"], &["{h64}"]),
    named("sendbird-key", &["sendbird"], &["{h40}"]),
    named("stream-chat-key", &["getstream", "stream_api"], &["{z64}"]),
    named("pusher-secret", &["pusher"], &["{h20}"]),
    named("pubnub-key", &["pubnub"], &["sub-c-{U}"]),
    token("pubnub-key-prefix", &["pub-c-{U}", "sub-c-{U}", "sec-c-{a48}"]),
    named("ably-key", &["ably"], &["{a6}.{a6}:{w43}"]),
    named("gitter-token", &["gitter"], &["{h40}"]),
    named("smsru-id", &["smsru", "sms_ru", "sms.ru"], &["{U}"]),
    text(
        "agora-certificate",
        &[
            "const appCertificate = '«{h32}»';",
            "appCertificate: \"«{h32}»\"",
            "AGORA_APP_CERTIFICATE=«{h32}»",
        ],
    )
    .stays(&[
        "appCertificate = ''",
        "appCertificate: process.env.AGORA_CERTIFICATE",
        "app_certificate.pem {h32}",
    ]),
    text(
        "slack-webhook-path",
        &[
            "Max retries exceeded with url: /services/«T{u8}/B{u8}/{a24}»",
            "POST /services/«T{u10}/B{u10}/{a24}» HTTP/1.1",
            "path: '/services/«T{u8}/B{u9}/{a24}»'",
        ],
    )
    .stays(&[
        "POST /services/T000/B000/<token>",
        "GET /services/tickets/{n4}",
        "/services/Team/Board/list",
    ]),
];
