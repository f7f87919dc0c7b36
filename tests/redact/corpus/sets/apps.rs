//! Examples for the set `apps`.

use super::super::case::{Case, named, text, token};

/// One per rule, in the order of the file.
pub(super) const CASES: &[Case] = &[
    named("airtable-token", &["airtable"], &["pat{a14}.{h64}"]),
    named("airtable-key-named", &["airtable"], &["key{a14}"]),
    token("notion-token", &["ntn_{a46}", "secret_{a43}"]),
    token("linear-key", &["lin_api_{a40}", "lin_oauth_{h64}"]),
    named("asana-token", &["asana", "personal_access_token"], &["1/{n16}:{h32}", "2/{n16}/{n16}:{h32}"]),
    named("asana-key-named", &["asana"], &["{h32}"]),
    named("trello-key", &["trello"], &["{h32}", "{h64}"]),
    token("trello-token", &["ATTA{n1}{h71}"]),
    token("figma-token", &["figd_{w40}"]),
    token("postman-key", &["PMAK-{h24}-{h34}", "PMAT-{u26}"]),
    token("readme-key", &["rdme_{z70}"]),
    token("typeform-token", &["tfp_{w59}"]),
    token("hubspot-token", &["pat-na1-{U}", "pat-eu1-{U}"]),
    named("hubspot-key-named", &["hubspot", "hapikey"], &["{U}"]),
    token("salesforce-token", &["00D{a12}!{a96}"]),
    named("salesforce-key-named", &["salesforce", "sfdc"], &["{H64}", "{a24}"]),
    token("salesforce-consumer-key", &["3MVG9{a80}"]),
    token("contentful-token", &["CFPAT-{w43}"]),
    named("contentful-key-named", &["contentful"], &["{w43}"]),
    token("adobe-client-secret", &["p8e-{w32}", "p8e-{a32}"]),
    named("adobe-key-named", &["adobe", "magento"], &["{h32}", "{a32}"]),
    text(
        "automation-webhook",
        &[
            "https://hooks.zapier.com/hooks/catch/«{n7}/{z7}/»",
            "https://maker.ifttt.com/trigger/e/with/key/«{w43}»",
            "https://hook.eu1.make.com/«{z32}»",
        ],
    )
    .stays(&[
        "https://hooks.zapier.com/hooks/catch/",
        "https://maker.ifttt.com/",
        "https://webhook.site/<id>",
    ]),
    token("wakatime-key", &["waka_{U}", "waka_tok_{a60}"]),
    token("clickup-token", &["pk_{n8}_{u32}"]),
    named("beamer-key", &["beamer"], &["b_{w44}"]),
    token("scalingo-token", &["tk-us-{w48}"]),
    token("rapidapi-key", &["{h10}msh{h15}p1{h5}jsn{h12}"]),
    named("rapidapi-key-named", &["rapidapi"], &["{a50}"]),
    token("maxmind-key", &["{a6}_{a29}_mmk"]),
    token("gitbook-token", &["gb_api_{a40}"]),
    token("tines-webhook", &["tines.com/webhook/{h32}/{h32}"]),
    token("onfido-token", &["api_live.{w11}.{w32}", "api_sandbox.{w11}.{w32}"]),
    token("ramp-token", &["ramp_sec_{a48}"]),
    token("tableau-token", &["{b22}==:{a32}"]),
    token("zohoaccess-token", &["1000.{h32}.{h32}"]),
    text(
        "cloudinary-url",
        &[
            "CLOUDINARY_URL=cloudinary://{n15}:«{w27}»@demo",
            "cloudinary://{n15}:«{w27}»@x",
            r#""cloudinary://{n15}:«{w27}»@y""#,
        ],
    )
    .stays(&[
        "cloudinary://key:secret@name",
        "CLOUDINARY_URL=cloudinary://<key>:<secret>@name",
        "cloudinary://",
    ]),
    token("stackhawk-key", &["hawk.{w20}.{w20}"]),
    token("endor-key", &["endr+{a16}"]),
    token("settlemint-token", &["sm_aat_{a16}", "sm_pat_{a16}"]),
    text(
        "sidekiq-credentials",
        &[
            "BUNDLE_ENTERPRISE__CONTRIBSYS__COM=«{h8}:{h8}»",
            r#"BUNDLE_GEMS__CONTRIBSYS__COM: "«{h8}:{h8}»""#,
            r#"export BUNDLE_ENTERPRISE__CONTRIBSYS__COM="«{h8}:{h8}»""#,
        ],
    )
    .stays(&["BUNDLE_GEMS__CONTRIBSYS__COM=$X", "gems.contribsys.com", "BUNDLE_GEMS__CONTRIBSYS__COM="]),
    token("unkey-root-key", &["unkey_{a22}", "unkey_{a30}"]),
    token("intra42-secret", &["u-s4t2ud-{h64}", "s-s4t2ud-{h64}"]),
    token("gc-notify-key", &["gcntfy-deploy_bot-{U}-{U}", "gcntfy-api-{U}-{U}"]),
    token("persona-key", &["persona_production_{U}", "persona_sandbox_{U}"]),
    token("proctorio-key", &["proctorio_{a43}"]),
    text(
        "bitrix24-webhook",
        &[
            "https://acme.bitrix24.com/rest/1/«{z16}»/crm.lead.add",
            "curl https://b24-x1.bitrix24.ru/rest/12/«{z16}»/",
            "\"url\": \"https://acme.bitrix24.com.br/rest/7/«{z16}»/user.get.json\"",
        ],
    )
    .stays(&[
        "https://acme.bitrix24.com/rest/1/<token>/crm.lead.add",
        "https://acme.bitrix24.com/rest/crm.lead.add",
        "https://apidocs.bitrix24.com/local-integrations/",
    ]),
    text(
        "hue-user",
        &["hue_username = \"«{a20}-{a19}»\"", "HUE_BRIDGE_USERNAME=«{a40}»", "hue bridge user: «{a40}»"],
    )
    .stays(&["hue_user: alice", "hue bridge user is not authorized", "HUE_USERNAME=${HUE_USERNAME}"]),
    text(
        "airtable-token-quoted",
        &[
            "x = '«pat{a14}.{h64}»'",
            "new Api(\"«pat{a14}.{h64}»\")",
            "remove «pat{a14}.{h64}»",
            "x;«pat{a14}.{h64}»",
        ],
    )
    .stays(&["new Api(\"path/to/file\")", "x = 'patch.{h64}'", "Api(\"pat{a14}.{h20}\")"]),
    text(
        "hue-user-in-path",
        &[
            "http://192.0.2.7/api/«{w40}»/lights",
            "PUT /api/«{a40}»/groups/1/action",
            "https://bridge.example/api/«{a40}»/sensors",
        ],
    )
    .stays(&[
        "/api/v1/lights",
        "/api/{h64}/lights",
        "/api/a-very-long-name-of-some-resource-in-it/config",
    ]),
    text(
        "header-field-value",
        &[
            "request.addValue(\"«{a32}»\", forHTTPHeaderField: \"X-Auth-Token\")",
            "[request setValue:@\"«{a32}»\" forHTTPHeaderField:@\"X-Api-Key\"];",
            "request.setValue(\"Bearer «{w40}»\", forHTTPHeaderField: \"Authorization\")",
        ],
    )
    .stays(&[
        "request.setValue(\"application/json\", forHTTPHeaderField: \"Content-Type\")",
        "request.setValue(\"Bearer \\(token)\", forHTTPHeaderField: \"Authorization\")",
        "request.setValue(token, forHTTPHeaderField: \"X-Auth-Token\")",
        "[request setValue:@\"%@\" forHTTPHeaderField:@\"X-Api-Key\"];",
    ]),
    text(
        "tuya-local-key",
        &[
            "d = tinytuya.OutletDevice('{z20}', '192.0.2.7', '«{h16}»')",
            "tinytuya.BulbDevice(\"{z20}\", \"Auto\", \"«{a16}»\", version=3.4)",
            "CoverDevice('{z20}', None, '«{a8};{a7}»')",
        ],
    )
    .stays(&[
        "d = tinytuya.OutletDevice('DEVICE_ID_HERE', 'IP_ADDRESS_HERE', 'LOCAL_KEY_HERE')",
        "tinytuya.BulbDevice(device_id, address, local)",
        "d = tinytuya.OutletDevice('DEVICE_ID_HERE', 'Auto', key)",
    ]),
    text(
        "stack-exchange-key",
        &[
            r#"stackexchange.key = "«{a22}((»""#,
            "https://api.stackexchange.com/2.3/answers?site=x&key=«{a22}((»",
            "se_key: '«{a22}((»'",
        ],
    )
    .stays(&[
        r#"stackexchange.key = """#,
        "stackexchange.key = $KEY",
        "see https://stackoverflow.com/questions/1 (or ask)",
    ]),
];
