//! Argument lists: a secret is often an argument of its own, and only the one before it says so.

use super::engine::{Engine, RuleIndex};
use super::excerpt::{render_spans, spans_twice};
use super::generic;
use super::value::is_placeholder;
use std::ops::Range;
use std::sync::Arc;

/// What an option's argument holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    /// Nothing but the secret.
    Secret,
    /// `user:secret` or `user%secret`.
    User,
    /// The secret, attached to the option; the option alone asks for it.
    Attached,
    /// `pass:secret`, as `OpenSSL` has it.
    Source,
}

/// Options of known programs that take a secret: program, option, what it holds, and a word that must be among the
/// arguments. From the manual pages of these programs.
const OPTIONS: &[(&[&str], &[&str], Holds, &str)] = &[
    (&["curl"], &["-u", "--user", "-U", "--proxy-user"], Holds::User, ""),
    (&["http", "https", "xh"], &["-a", "--auth"], Holds::User, ""),
    (&["smbclient", "rpcclient", "net"], &["-U", "--user"], Holds::User, ""),
    (
        &["mysql", "mysqldump", "mysqladmin", "mysqlimport", "mariadb", "mariadb-dump"],
        &["-p"],
        Holds::Attached,
        "",
    ),
    (&["mongo", "mongosh", "mongodump", "mongorestore"], &["-p"], Holds::Secret, ""),
    (&["sshpass"], &["-p"], Holds::Secret, ""),
    (
        &["docker", "podman", "nerdctl", "helm", "oc", "az", "skopeo", "buildah", "oras"],
        &["-p"],
        Holds::Secret,
        "login",
    ),
    (&["redis-cli", "valkey-cli"], &["-a"], Holds::Secret, ""),
    (
        &["ldapsearch", "ldapadd", "ldapmodify", "ldapdelete", "ldapwhoami", "ldappasswd"],
        &["-w"],
        Holds::Secret,
        "",
    ),
    (&["openssl"], &["-passin", "-passout", "-pass", "-password"], Holds::Source, ""),
    (&["openssl"], &["-k", "-K"], Holds::Secret, "enc"),
    (&["7z", "7za", "7zr", "rar", "unrar"], &["-p"], Holds::Attached, ""),
    (&["zip", "unzip"], &["-P"], Holds::Secret, ""),
    (&["sqlcmd", "bcp", "ipmitool"], &["-P"], Holds::Secret, ""),
    (&["snmpwalk", "snmpget", "snmpset"], &["-A", "-X"], Holds::Secret, ""),
    (&["vault"], &["login"], Holds::Secret, ""),
    (&["ansible", "ansible-playbook"], &["--vault-password"], Holds::Secret, ""),
];

/// Programs that run the one named after them.
const WRAPPERS: &[&str] =
    &["sudo", "env", "nohup", "time", "nice", "exec", "command", "timeout", "xargs", "doas", "setsid"];

/// Redacts each argument, and those that an option before them declares to be secret.
pub(super) fn redact(engine: &Arc<Engine>, arguments: &[&[u8]]) -> Vec<String> {
    let mut spans: Vec<Vec<(Range<usize>, RuleIndex)>> =
        arguments.iter().map(|argument| spans_twice(engine, argument)).collect();
    let words: Vec<Word<'_>> =
        arguments.iter().enumerate().map(|(index, text)| Word { text, argument: index, offset: 0 }).collect();
    declared(&words, engine, &mut spans);
    for (index, argument) in arguments.iter().enumerate() {
        if argument.contains(&b' ') {
            // A shell program in one argument. Quotes are not parsed: a word too much is hidden, never one too few.
            declared(&words_of(argument, index), engine, &mut spans);
        }
    }
    across(engine, arguments, &mut spans);
    arguments
        .iter()
        .zip(&mut spans)
        .map(|(argument, spans)| {
            merge(spans);
            render_spans(engine, argument, spans, 0..argument.len())
        })
        .collect()
}

#[derive(Clone, Copy)]
struct Word<'a> {
    text: &'a [u8],
    argument: usize,
    offset: usize,
}

type Spans = [Vec<(Range<usize>, RuleIndex)>];

fn words_of(argument: &[u8], index: usize) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut offset = 0;
    for text in argument.split(u8::is_ascii_whitespace) {
        if !text.is_empty() {
            words.push(Word { text, argument: index, offset });
        }
        offset += text.len() + 1;
    }
    words
}

/// Hides what the options among `words` declare.
fn declared(words: &[Word<'_>], engine: &Engine, spans: &mut Spans) {
    let rule = engine.generic_rules() + generic::OPTION;
    let mut hide = |word: &Word<'_>, range: Range<usize>| {
        let secret = &word.text[range.clone()];
        if !secret.is_empty() && !is_placeholder(secret.trim_ascii()) && !is_placeholder(unquoted(secret)) {
            spans[word.argument].push((word.offset + range.start..word.offset + range.end, rule));
        }
    };
    let mut at = 0;
    while at < words.len() {
        let command = &words[at..];
        let end = command.iter().position(|word| matches!(word.text, b"|" | b";" | b"&&" | b"||" | b"&"));
        let command = &command[..end.unwrap_or(command.len())];
        of_command(command, &mut hide);
        at += command.len() + 1;
    }
}

fn unquoted(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\"").or(text.strip_prefix(b"'")).unwrap_or(text)
}

fn of_command(words: &[Word<'_>], hide: &mut impl FnMut(&Word<'_>, Range<usize>)) {
    let program = words.iter().map(|word| basename(word.text)).find(|name| {
        !WRAPPERS.contains(name)
            && !name.starts_with('-')
            && !name.contains('=')
            && !name.starts_with(|c: char| c.is_ascii_digit() && name.len() < 3)
    });
    let program = program.unwrap_or_default();
    for (index, word) in words.iter().enumerate() {
        let next = words.get(index + 1);
        if generic::is_secret_flag(word.text)
            && let Some(next) = next.filter(|next| !next.text.starts_with(b"-"))
        {
            hide(next, 0..next.text.len());
        }
        for (programs, options, holds, needs) in OPTIONS {
            let applies = programs.contains(&program)
                && (needs.is_empty() || words.iter().any(|word| word.text == needs.as_bytes()));
            for option in options.iter().filter(|_| applies) {
                of_option(word, next, option.as_bytes(), *holds, hide);
            }
        }
    }
}

fn of_option(
    word: &Word<'_>,
    next: Option<&Word<'_>>,
    option: &[u8],
    holds: Holds,
    hide: &mut impl FnMut(&Word<'_>, Range<usize>),
) {
    let Some(attached) = word.text.strip_prefix(option) else { return };
    let (word, from) = if attached.is_empty() {
        match next {
            Some(next) if holds != Holds::Attached => (next, 0),
            _ => return,
        }
    } else if option.starts_with(b"--") {
        if attached[0] != b'=' {
            return;
        }
        (word, option.len() + 1)
    } else if option.len() == 2 {
        (word, option.len())
    } else {
        return;
    };
    let value = &word.text[from..];
    let secret = match holds {
        Holds::Secret | Holds::Attached => Some(0),
        Holds::User => value.iter().position(|byte| matches!(byte, b':' | b'%')).map(|colon| colon + 1),
        Holds::Source => value.starts_with(b"pass:").then_some(5),
    };
    if let Some(secret) = secret {
        hide(word, from + secret..word.text.len());
    }
}

fn basename(path: &[u8]) -> &str {
    let name = path.rsplit(|&byte| byte == b'/').next().unwrap_or(path);
    std::str::from_utf8(name).unwrap_or_default()
}

/// Specific rules see the arguments side by side too: `aws configure set aws_secret_access_key …`.
fn across(engine: &Arc<Engine>, arguments: &[&[u8]], spans: &mut Spans) {
    let line = arguments.join(&b' ');
    let mut offset = 0;
    let found = spans_twice(engine, &line);
    for (argument, spans) in arguments.iter().zip(spans) {
        for (range, rule) in found.iter().filter(|(_, rule)| *rule < engine.generic_rules()) {
            let start = range.start.max(offset);
            let end = range.end.min(offset + argument.len());
            if start < end {
                spans.push((start - offset..end - offset, *rule));
            }
        }
        offset += argument.len() + 1;
    }
}

/// Sorts the spans of one argument and joins those that overlap.
fn merge(spans: &mut Vec<(Range<usize>, RuleIndex)>) {
    spans.sort_by_key(|(range, _)| (range.start, range.end));
    spans.dedup_by(|(next, _), (merged, _)| {
        let overlap = next.start < merged.end;
        if overlap {
            merged.end = merged.end.max(next.end);
        }
        overlap
    });
}
