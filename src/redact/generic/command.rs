//! Commands whose output is a secret, and what shows one on the line behind it: `cat db_password.txt`, `pass show mail/me`,
//! `>>> secrets.token_hex()`.

use super::announce::{Announced, LEAD_MAX, PART, REST_MAX, What};
use super::key::{self, Name};
use super::words::contains_any;
use crate::redact::byte_set::ByteSet;
use crate::redact::signs::{Kind, STEMS};

/// Longest line of a command, and most of it before the words that tell.
const COMMAND_MAX: usize = 512;
const COMMAND_LEAD_MAX: usize = 96;
/// Most of it behind a file or a variable that it shows.
const COMMAND_REST_MAX: usize = 48;
/// Most of it if nothing else follows there: `.value'`.
const END_MAX: usize = 8;

/// What the words at `at` open that print nothing: the block of a server in the settings of a router, and in the state of
/// Terraform the end of a password it has made.
pub(super) fn opened(line: &[u8], at: usize, length: usize) -> Option<Announced> {
    const WORDS: [&[u8]; 3] = [b"tacacs server", b"radius server", b"override_special"];
    let end = at + length;
    WORDS.iter().any(|words| line[at..end].eq_ignore_ascii_case(words)).then_some(Announced {
        begin: at,
        end,
        what: What::Name,
        heading: false,
        given: false,
        below: None,
    })
}

/// What a line at a prompt shows of a secret on the line behind it: a file (`cat db_password.txt`), a variable, the value of
/// an expression (`ENV["TOKEN"]`), what a test has compared.
pub(super) fn shown(line: &[u8], at: usize, length: usize, stem: u16) -> Option<Announced> {
    let stem =
        STEMS.get(usize::from(stem)).filter(|stem| matches!(stem.kind, Kind::Password | Kind::Secret))?;
    // The id of a secret in Azure's Key Vault, whose value is in the same object.
    if line[..at].ends_with(b".vault.azure.net/") {
        let (begin, end) = (at, at + length);
        return Some(Announced {
            begin,
            end,
            what: What::Document,
            heading: false,
            given: false,
            below: None,
        });
    }
    let end = at + length + PART.run(&line[at + length..]);
    // Most lines are neither a question nor end soon.
    let may_be_asked = line.trim_ascii_start().first().is_some_and(|first| b">iIp(F[".contains(first));
    if line.len() - end > COMMAND_REST_MAX && !may_be_asked {
        return None;
    }
    // Nor is what follows the end of a command.
    let word = line[..at].iter().rev().take(LEAD_MAX).take_while(|byte| !byte.is_ascii_whitespace()).count();
    let (before, word) = line[..at].split_at(at - word);
    let may_be_shown = line.len() - end <= END_MAX
        || line[end..].iter().any(|byte| b";&|".contains(byte))
        || before.ends_with(b"q -r ")
        || before.ends_with(b"config:get ")
        || before.ends_with(b"jq ")
        || before.ends_with(b"yq ")
        || before.ends_with(b"yq e ");
    if !may_be_asked && !may_be_shown {
        return None;
    }
    let rest = without_decoding(&line[end..]);
    let of_interpreter = || (may_be_asked && is_asked(line, rest)).then_some(What::Name);
    let what =
        if may_be_shown { shown_by_shell(line, before, word, rest) } else { None }.or_else(of_interpreter)?;
    // A name is read to its end only if something follows it.
    let near = at.saturating_sub(LEAD_MAX + 16);
    let padded = [&line[near..end], b" "].concat();
    let is_name = matches!(key::name(&padded, at - near, length, stem), Name::Key(_));
    let begin = before.len();
    is_name.then_some(Announced { begin, end, what, heading: true, given: false, below: None })
}

/// What a command at a prompt shows of the name that `word` ends with, `before` which it stands in `line`: `cat db_password.txt`,
/// `echo $TOKEN`. Behind the name follows `rest`.
fn shown_by_shell(line: &[u8], before: &[u8], word: &[u8], rest: &[u8]) -> Option<What> {
    const ENDS: [&[u8]; 12] = [
        b"", b"\"", b"}", b"}\"", b".txt", b".key", b".secret", b".pass", b".pw", b"'", b".value", b".value'",
    ];
    const VERBS: [&[u8]; 21] = [
        b"jq -r",
        b"jq",
        b"yq -r",
        b"yq e",
        b"yq",
        b"config:get",
        b"pillar.get",
        b"hiera_lookup",
        b"cat",
        b"head -1",
        b"head -n1",
        b"head -n 1",
        b"echo",
        b"printenv",
        b"type",
        b"wp config get",
        b"config:system:get",
        b"terraform output",
        b"tofu output",
        b"uci get",
        b"hiera",
    ];
    // Most names end here; jq(1) reads a file.
    let of_file = || {
        let file = rest.strip_prefix(b"'").or(rest.strip_prefix(b"\"")).unwrap_or(rest);
        file.strip_prefix(b" ").is_some_and(|file| file.iter().all(|byte| OF_FILE.has(*byte)))
            && contains_any(before, &[b"jq ", b"yq "])
    };
    // heroku(1) is told of which application.
    let of_application = || {
        let name = rest.strip_prefix(b" -a ").or(rest.strip_prefix(b" --app "));
        name.is_some_and(|name| name.iter().all(|byte| OF_FILE.has(*byte)))
            && before.ends_with(b"config:get ")
    };
    if !ENDS.contains(&rest) && !of_file() && !of_application() {
        return None;
    }
    let before = before.trim_ascii_end();
    // `PS C:\> $env:DB_PASSWORD`
    if word.starts_with(b"$env:") && rest.is_empty() && before.ends_with(b">") {
        return Some(What::Printer);
    }
    let verb = VERBS.iter().find(|verb| before.ends_with(verb))?;
    let variable = word.contains(&b'$');
    // A user comes first there: see `printed`.
    if word.starts_with(b"/etc/openvpn/") {
        return None;
    }
    let fits = if *verb == b"echo" { variable } else { !variable || *verb != b"printenv" };
    // In a pipe, like what reads no file.
    let begin = before.len() - verb.len();
    let opens = |byte: &u8| b"$#>%;&|".contains(byte) || !byte.is_ascii();
    let typed = match verb {
        [b'j', b'q', b' ', ..] => true,
        [b'j' | b'y', b'q', ..] => before[..begin].trim_ascii_end().last().is_none_or(opens),
        _ => is_typed(line, begin),
    };
    (fits && typed).then_some(What::Printer)
}

/// Whether an interpreter is asked for what is named at the end of `line`, before `rest`, or a test has compared it.
fn is_asked(line: &[u8], rest: &[u8]) -> bool {
    const PROMPTS: [&[u8]; 13] = [
        b">>> ", b"irb> ", b"irb(", b"pry(", b"In [", b"iex(", b"php > ", b"(gdb) ", b"(lldb) ", b"(Pdb) ",
        b"ipdb> ", b"(dlv) ", b"(rdbg) ",
    ];
    const CLOSES: &[u8] = b"\"'`])";
    let text = line.trim_ascii_start();
    // `[1] pry(main)> `
    let numbered = text
        .strip_prefix(b"[")
        .and_then(|text| memchr::memmem::find(text, b"] pry(").map(|at| &text[at + 2..]));
    let text = numbered.unwrap_or(text);
    let assert = text.starts_with(b">  ") && memchr::memmem::find(text, b" assert ").is_some()
        || text.starts_with(b"Failure/Error: expect(");
    // `> config('app.secret')` of PsySH; a mail that is quoted looks like that too.
    let call = || {
        let name = text[2..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        name > 0 && matches!(text[2 + name..], [b'(', b'\'' | b'"', ..]) && rest.ends_with(b")")
    };
    let asked = (PROMPTS.iter().any(|prompt| text.starts_with(prompt)) || text.starts_with(b"> ") && call())
        && !line.windows(3).any(|sign| sign == b" = ")
        && (rest.last().is_some_and(|last| CLOSES.contains(last)) && !rest.contains(&b'=')
            || rest.is_empty());
    assert || asked
}

/// What the command in which the words at `at` are announces: a secret on the line behind this one, unless its output goes
/// elsewhere.
pub(super) fn printed(line: &[u8], at: usize, length: usize) -> Option<Announced> {
    if line.len() > COMMAND_MAX {
        return None;
    }
    let begins = line[..at].last().is_none_or(|byte| byte.is_ascii_whitespace() || b"/-".contains(byte));
    let rest = &line[at + length..];
    let rest = without_decoding(&rest[..memchr::memmem::find(rest, b" #").unwrap_or(rest.len())]);
    let rest = match memchr::memmem::find(rest, b"| tee ").or(memchr::memmem::find(rest, b"| jq -r")) {
        Some(copied) => &rest[..copied],
        None => rest,
    };
    // What a template of kubectl(1) has in its quotes is no pipe.
    let template = [&b"template="[..], b"jsonpath="].iter().find_map(|name| memchr::memmem::find(rest, name));
    let quoted = matches!(rest.last(), Some(b'\'' | b'"' | b'}'));
    let shown = template.filter(|_| quoted).map_or(rest, |template| &rest[..template]);
    let goes_elsewhere = shown.iter().any(|byte| b">|`);&".contains(byte));
    // A list of them shows no values.
    let lists = line[at..].starts_with(b"get secret ") && !contains_any(rest, &[b"jsonpath", b"template"]);
    // Most maps of Postfix hold addresses.
    if line[at..].starts_with(b"postmap -q") && !contains_any(rest, &[b"sasl", b"passw", b"_auth"]) {
        return None;
    }
    // Other commands of pass(1) show nothing.
    if line[at..].starts_with(b"$ pass ") && (!rest.contains(&b'/') || rest.contains(&b' ')) {
        return None;
    }
    // Whatever else is in that folder is shown as it is.
    let other = line[at..].starts_with(b"etc/openvpn/")
        && (rest.ends_with(b".conf") || !contains_any(rest, &[b"auth", b"login", b"pass", b"cred"]));
    if other {
        return None;
    }
    let end = at + length;
    let heading = Announced { begin: at, end, what: What::Printer, heading: true, given: true, below: None };
    (begins && !goes_elsewhere && !lists).then_some(heading)
}

/// What an interpreter is asked to evaluate: `>>> secrets.token_hex()`, `$ python3 -c "…; print(secrets.token_hex())"`.
pub(super) fn evaluated(line: &[u8], at: usize, length: usize) -> Option<Announced> {
    const PROMPTS: [&[u8]; 8] = [b">>> ", b"> ", b"$ ", b"PS ", b"irb(", b"pry(", b"In [", b"iex("];
    let is_call = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.()'\" ,;".contains(byte);
    let rest = &line[at + length..];
    let name = &line[at..at + length];
    let called = (name.contains(&b'.') || name.ends_with(b"_key"))
        && rest.iter().all(is_call)
        && rest.len() <= REST_MAX;
    let asked = || PROMPTS.iter().any(|prompt| line.starts_with(prompt)) && !line[..at].ends_with(b"= ");
    let end = at + length;
    (called && asked()).then_some(Announced {
        begin: at,
        end,
        what: What::Printer,
        heading: true,
        given: true,
        below: None,
    })
}

/// A command without what only decodes its output or ends the line behind it.
fn without_decoding(command: &[u8]) -> &[u8] {
    const ENDS: [&[u8]; 7] = [
        b"; echo",
        b"&& echo",
        b"| base64 -d",
        b"| base64 --decode",
        b"| base64 -D",
        b"|base64 -d",
        b"| base64 -di",
    ];
    let mut command = command.trim_ascii_end();
    while let Some(rest) = ENDS.iter().find_map(|end| command.strip_suffix(*end)) {
        command = rest.trim_ascii_end();
    }
    // `; echo "rc=$?"`
    memchr::memmem::find(command, b"; echo \"").map_or(command, |end| command[..end].trim_ascii_end())
}

/// Whether what begins at `at` was typed at a prompt, or begins its line. The words that tell may be in the middle of a
/// command: `terraform output -raw`.
pub(super) fn is_typed(line: &[u8], at: usize) -> bool {
    // The words begin with the prompt.
    if line[at] == b'$' || !line[at].is_ascii() {
        return true;
    }
    let before = line[..at].trim_ascii_end();
    let is_word = |byte: &&u8| byte.is_ascii_alphanumeric() || b" -_./=".contains(byte);
    let words = before.iter().rev().take_while(is_word).count();
    let prompt = before[..before.len() - words].last();
    // Signs of prompts beyond ASCII, and what oh-my-zsh has before a branch: `➜  app git:(main) …`.
    let fancy = |byte: u8| !byte.is_ascii() || byte == b')' && line.starts_with("\u{279c} ".as_bytes());
    // A comment behind a setting: `SECRET=  # openssl rand -hex 32`.
    let setting = || {
        let name = before[..before.len() - words - 1].trim_ascii_end().strip_suffix(b"=");
        name.is_some_and(|name| {
            name.len() > 2 && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        })
    };
    if prompt == Some(&b'#') && setting() {
        return false;
    }
    words <= COMMAND_LEAD_MAX && prompt.is_none_or(|&byte| b"$#>%;&\"'".contains(&byte) || fancy(byte))
}

/// What the command line `line` announces of its own output.
pub(in crate::redact) fn announced_by_command(
    line: &[u8],
    at: usize,
    length: usize,
    stem: u16,
) -> Option<Announced> {
    let command = STEMS.get(usize::from(stem)).is_some_and(|stem| stem.kind == Kind::Printer);
    command.then(|| printed(line, at, length)).flatten()
}

/// What the path of a file consists of.
static OF_FILE: ByteSet = ByteSet::alphanumeric_and(b"_-./~");
