//! Examples for the set `vcs`.

use super::super::case::{Case, named, text, token};

/// One per rule, in the order of the file.
pub(super) const CASES: &[Case] = &[
    token("github-token", &["ghp_{a36}", "gho_{a36}", "ghs_{a36}", "ghr_{a76}"]),
    token("github-fine-grained-token", &["github_pat_{a22}_{a59}"]),
    named("github-token-named", &["github", "gh_token"], &["{h40}"]),
    token("gitlab-token", &["glpat-{w20}", "glrt-{w20}", "gldt-{w20}", "glagent-{w50}", "glptt-{h40}"]),
    token("gitlab-runner-registration", &["GR1348941{w20}"]),
    token("gitlab-session-cookie", &["_gitlab_session={h32}"]),
    named("gitlab-token-named", &["gitlab"], &["{a20}"]),
    token("bitbucket-token", &["ATBB{a32}", "ATCTT3x{w180}={H8}", "ATATT3x{w180}={H8}"]),
    named("bitbucket-client-named", &["bitbucket"], &["{a32}", "{w64}"]),
    named("atlassian-token-named", &["atlassian", "jira", "confluence"], &["{a24}"]),
    named("gitea-token-named", &["gitea", "gogs", "forgejo", "codeberg"], &["{h40}"]),
    named("gitee-token", &["gitee"], &["{h32}"]),
    named("sourcehut-token", &["sourcehut"], &["{w86}"]),
    token("sourcegraph-token", &["sgp_{h16}_{h40}", "slk_{h64}", "sgp_{h40}"]),
    named("sourcegraph-token-named", &["sourcegraph", "cody"], &["{h40}"]),
    named("phabricator-token", &["phabricator", "conduit"], &["api-{z28}"]),
    named("gerrit-password", &["gerrit"], &["{b43}"]),
    named("launchpad-token", &["launchpad"], &["{a80}"]),
    text(
        "gitea-token-created",
        &[
            "Access token was successfully created: «{h40}»",
            "Access token was successfully created... «{h40}»",
            "access token was successfully created: «{h40}»\n",
        ],
    )
    .stays(&[
        "commit was successfully created: {h40}",
        "Access token was successfully created",
        "Access token was successfully created: <token>",
    ]),
];
