//! Examples for the set `registries`.

use super::super::case::{Case, named, text, token};

/// One per rule, in the order of the file.
pub(super) const CASES: &[Case] = &[
    token("npm-token", &["npm_{a36}"])
        .stays(&["npm_config_registry and npm_package_version stay", "npm_lifecycle_event=build"]),
    text(
        "npmrc-auth",
        &[
            "//registry.npmjs.org/:_authToken=«{U}»",
            "_auth = «{b40}==»",
            r#"//npm.example.com/:_password="«{b24}=»""#,
            "_authToken: «{w36}»",
        ],
    )
    .stays(&["//registry.npmjs.org/:_authToken=${NPM_TOKEN}", "_auth = <base64>", "always-auth=true"]),
    token("pypi-token", &["pypi-AgEIcHlwaS5vcmc{w140}", "pypi-AgENdGVzdC5weXBpLm9yZw{w140}"]),
    token("rubygems-key", &["rubygems_{h48}"]),
    token("crates-io-token", &["cio{a32}"]),
    token("nuget-key", &["oy2m{y42}", "oy2{z43}"]),
    token("docker-token", &["dckr_pat_{w27}", "dckr_oat_{w32}"]),
    text(
        "docker-config-auth",
        &[
            r#""auths": {"https://index.docker.io/v1/": {"auth": "«{b40}==»"}}"#,
            r#""identitytoken": "«{b80}»""#,
            r#"{\"ghcr.io\":{\"auth\":\"«{b36}=»\"}}"#,
        ],
    )
    .stays(&[r#""auth": """#, r#""auth": "<base64>""#, r#""auth": "none""#]),
    token("clojars-token", &["CLOJARS_{z60}"]),
    token("packagist-token", &["packagist_ort_{h68}"]),
    token("artifactory-token", &["AKCp{a69}", "cmVmdGtuO{a55}"]),
    named("artifactory-key-named", &["artifactory", "jfrog", "xray", "bintray"], &["{a73}", "{h40}"]),
    named("cloudsmith-token", &["cloudsmith"], &["{h40}"]),
    named("hex-pm-key", &["hex_api"], &["{h32}"]),
    named("quay-token", &["quay"], &["{u64}"]),
    named("gemfury-token", &["gemfury"], &["{a24}"]),
    token("open-vsx-token", &["ovsxat_{U}"]),
    named("vsce-token", &["vsce_"], &["{y52}"]),
    named("anaconda-token", &["anaconda"], &["ab-{U}"]),
    named("sonatype-token", &["sonatype", "ossrh"], &["{a44}"]),
    named("libraries-io-key", &["libraries_io"], &["{h32}"]),
    text(
        "bundler-variable",
        &[
            "BUNDLE_GEMS__EXAMPLE__COM: \"app:«{a14}»\"",
            "export BUNDLE_GEMS__EXAMPLE__COM=app:«{a10}!»",
            "BUNDLE_RUBYGEMS__PKG__GITHUB__COM=\"me:«{l6}-{a12}»\"",
        ],
    )
    .stays(&[
        "BUNDLE_WITHOUT: \"development:test\"",
        "BUNDLE_GEMS__EXAMPLE__COM: \"app:$TOKEN\"",
        "BUNDLE_MIRROR__HTTPS://GEMS__EXAMPLE__COM/: \"https://h.example\"",
    ]),
    text(
        "composer-bearer",
        &[
            r#""bearer": {"repo.example.org": "«{h40}»"}"#,
            r#"{"bearer":{"repo.example.org":"«{a32}»"}}"#,
            r#""gitlab-token": {"gitlab.example": "«{w26}»"}"#,
        ],
    )
    .stays(&[
        r#""bearer": {"repo.example.org": "$TOKEN"}"#,
        r#""bearer": {}"#,
        r#""bearer": {"type": "http"}"#,
        r#""bearer": {"scheme": "<scheme>"}"#,
    ]),
    text(
        "conda-channel-token",
        &[
            "conda config --add channels https://r.example/t/«{a32}»/conda-forge",
            "conda install -c https://conda.example.org/t/«{l2}-{h32}»/me x",
            "channels: # conda\nconda: https://r.example/t/«{a24}»/me",
        ],
    )
    .stays(&[
        "conda config --add channels https://r.example/t/<token>/me",
        "conda install -c conda-forge x",
        "conda: https://r.example/t/$TOKEN/me",
    ]),
];
