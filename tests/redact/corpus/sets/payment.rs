//! Examples for the set `payment`.

use super::super::case::{Case, named, text, token};

/// One per rule, in the order of the file.
pub(super) const CASES: &[Case] = &[
    token("stripe-key", &["sk_live_{a24}", "sk_test_{a99}", "rk_live_{a99}"]),
    token("stripe-webhook-secret", &["whsec_{a32}"]),
    token("braintree-token", &["access_token$production${z16}${h32}", "access_token$sandbox${z16}${h32}"]),
    named("paypal-key", &["paypal", "braintree"], &["E{w79}", "A{w79}", "{h32}"]),
    token("square-token", &["sq0atp-{w22}", "sq0csp-{w43}", "sq0idp-{w22}"]),
    token("square-access-token", &["EAAA{w60}"]),
    token("shopify-token", &["shpat_{h32}", "shpss_{h32}", "shpca_{h32}"]),
    named("shopify-key-named", &["shopify"], &["{h32}"]),
    token("adyen-key", &["AQEyhm{b70}-{b40}="]),
    token("mollie-key", &["live_{a30}"]),
    token("gocardless-token", &["live_{w40}", "sandbox_{w40}"]),
    token("lob-key", &["live_{h35}", "test_pub_{h31}", "test_{h35}"]),
    token("razorpay-key", &["rzp_live_{a14}"]),
    named("razorpay-secret", &["razorpay"], &["{a24}"]),
    token("flutterwave-key", &["FLWSECK-{h32}-X", "FLWPUBK_TEST-{h32}-X"]),
    named("plaid-key", &["plaid"], &["{h30}", "access-sandbox-{U}", "{h24}"]),
    token("plaid-access-token", &["access-sandbox-{U}", "access-production-{U}"]),
    token("mercadopago-token", &["APP_USR-{n16}-{n6}-{h32}-{n9}"]),
    token("paddle-key", &["pdl_live_apikey_{z26}_{a22}_{a3}"]),
    token("xendit-key", &["xnd_production_{a48}"]),
    token("midtrans-key", &["Mid-server-{w24}"]),
    token("checkout-com-key", &["sk_{U}", "sk_test_{U}", "sk_sbox_{y26}*", "sk_{y27}", "sk_m{y25}#"])
        .stays(&["sk_abcdefghijklmnopqrstuvwxyzab", "task_{y27}"]),
    token("easypost-key", &["EZAK{a54}", "EZTK{a54}"]),
    token("shippo-token", &["shippo_live_{h40}"]),
    token("duffel-token", &["duffel_live_{w43}"]),
    token("polar-token", &["polar_oat_{a43}"]),
    named("coinbase-key", &["coinbase"], &["{a64}", "{w64}", "{a16}"]),
    named(
        "exchange-key",
        &["binance", "kucoin", "kraken", "bitfinex", "bitmex", "bittrex", "etherscan", "bscscan"],
        &["{a64}", "{u34}", "{b86}==", "{U}"],
    ),
    text(
        "blockchain-node-url",
        &[
            "https://eth-mainnet.g.alchemy.com/v2/«{w32}»",
            "wss://mainnet.infura.io/ws/v3/«{h32}»",
            "https://x.quiknode.pro/«{h40}»/",
        ],
    )
    .stays(&[
        "https://eth-mainnet.g.alchemy.com/v2/",
        "https://mainnet.infura.io/v3/<key>",
        "https://mainnet.infura.io/v3/${KEY}",
    ]),
    named(
        "blockchain-key-named",
        &["infura", "alchemy", "moralis", "coinmarketcap", "blocknative", "pinata"],
        &["{h32}", "{U}", "{w32}"],
    ),
    token("blockfrost-key", &["mainnet{a32}", "preprod{a32}", "ipfs{a32}"]).stays(&[
        "mainnet-beta",
        "preview/deployments/2026",
        "https://ipfs.io/ipfs/Qm",
    ]),
    token("wompi-key", &["prv_prod_{a32}", "prv_test_{a32}", "prod_integrity_{a32}"]),
    text(
        "kushki-key",
        &[
            "Private-Merchant-Id: «{h32}»",
            "kushki_private_merchant_id = \"«{h32}»\"",
            "{\"privateMerchantId\": \"«{h32}»\"}",
        ],
    )
    .stays(&[
        "Public-Merchant-Id: {h32}",
        "private_merchant_id: ${KUSHKI_ID}",
        "the private merchant id is required",
    ]),
    token("woocommerce-key", &["ck_{h40}", "cs_{h40}"]).stays(&[
        "ck_assert_int_eq",
        "cs_{h20}",
        "cs_CZ.UTF-8",
    ]),
    text(
        "fix-password",
        &[
            "8=FIX.4.4|9=102|35=A|49=ME|56=YOU|98=0|108=30|553=me|554=«{a12}»|10=128|",
            "8=FIXT.1.1\x019=99\x0135=A\x01553=me\x01554=«{l6}-{a6}»\x0110=003\x01",
            "OUT 8=FIX.4.2^A9=99^A35=A^A553=me^A554=«{l9}»^A10=077^A",
        ],
    )
    .stays(&[
        "8=FIX.4.4|9=65|35=A|49=ME|56=YOU|98=0|108=30|10=062|",
        "8=FIX.4.4|9=65|35=A|553=me|554=|10=062|",
        "id |554={l8}| of table 8",
    ]),
    text(
        "fix-new-password",
        &[
            "8=FIX.4.4|9=120|35=A|49=ME|56=YOU|98=0|108=30|925=«{a12}»|10=128|",
            "8=FIXT.1.1\x019=99\x0135=A\x01553=me\x01925=«{l6}!{a6}»\x0110=003\x01",
            "OUT 8=FIX.5.0<SOH>9=99<SOH>35=BE<SOH>925=«{l9}»<SOH>10=077<SOH>",
        ],
    )
    .stays(&[
        "8=FIX.4.4|9=65|35=0|49=ME|56=YOU|10=062|",
        "8=FIX.4.4|9=65|35=A|925=|10=062|",
        "id |925={l8}| of table 8",
    ]),
];
