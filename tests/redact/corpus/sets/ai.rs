//! Examples for the set `ai`.

use super::super::case::{Case, named, token};

/// One per rule, in the order of the file.
pub(super) const CASES: &[Case] = &[
    token(
        "openai-key",
        &["sk-proj-{w74}T3BlbkFJ{w74}", "sk-svcacct-{w60}", "sk-{a20}T3BlbkFJ{a20}", "sk-admin-{w60}"],
    ),
    token("openai-session", &["sess-{a40}"]),
    token("anthropic-key", &["sk-ant-api03-{w93}AA", "sk-ant-admin01-{w93}AA", "sk-ant-oat01-{w90}"]),
    token("sk-token", &["sk-{h32}", "sk-{a48}", "sk-or-v1-{h64}", "sk-lf-{U}"])
        .stays(&[r#"class="sk-folding-cube-and-spinner-and-more""#]),
    token("langfuse-public-key", &["pk-lf-{U}"]),
    token("huggingface-token", &["hf_{L34}", "api_org_{L34}"]),
    token("groq-key", &["gsk_{a52}"]),
    token("replicate-token", &["r8_{a37}"]),
    token("perplexity-key", &["pplx-{a48}"]),
    token("xai-key", &["xai-{a80}"]),
    token("nvidia-key", &["nvapi-{w64}"]),
    token("cerebras-key", &["csk-{z48}"]),
    token("voyage-key", &["pa-{w43}"]),
    token("jina-key", &["jina_{h32}{w28}"]),
    token("tavily-key", &["tvly-{a32}", "tvly-dev-{a32}"]),
    token("firecrawl-key", &["fc-{h32}"]),
    token("apify-token", &["apify_api_{a36}"]),
    token("e2b-key", &["e2b_{h40}"]),
    token("pinecone-key", &["pcsk_{a6}_{a63}"]),
    token("langsmith-key", &["lsv2_pt_{h32}_{h10}", "ls__{h32}"]),
    token("llamacloud-key", &["llx-{a48}"]),
    token("together-key", &["tgp_v1_{w43}"]),
    token("fireworks-key", &["fw_{a24}"]),
    token("runpod-key", &["rpa_{u46}", "rpa_{a44}"]),
    token("dify-key", &["app-{a24}"]),
    token("anyscale-key", &["esecret_{z26}"]),
    token("modal-token", &["ak-{a22}", "as-{a22}"]),
    token("friendli-token", &["flp_{a46}"]),
    token("upstage-key", &["up_{a28}"]),
    token("cursor-key", &["key_{h64}"]),
    named("fal-key", &["fal_ai", "fal-key"], &["{U}:{h32}"]),
    token("wandb-key", &["wandb_v1_{a70}"]),
    named("wandb-key-named", &["wandb", "weightsandbiases"], &["{h40}"]),
    token("elevenlabs-key", &["sk_{h48}"]),
    named(
        "model-key-hex-named",
        &["elevenlabs", "assemblyai", "deepgram", "together_ai", "clarifai", "serpapi", "serper"],
        &["{h32}"],
    ),
    named(
        "model-key-named",
        &["openai", "cohere", "mistral", "ai21", "claude", "gemini"],
        &["{a40}", "{a32}"],
    ),
    named("model-key-uuid-named", &["pinecone", "exa_", "sambanova"], &["{U}"]),
];
