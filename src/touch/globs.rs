//! Globs over paths as the record shows them.
//!
//! `*` and `?` stay within one name, `**` crosses directories, `[…]` and `{a,b}` work as usual (globset). A glob that
//! names a directory also stands for everything below it.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

/// A glob that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{glob}` is not a glob: {reason}; quote it from the shell and close its brackets")]
pub struct GlobError {
    /// What was given.
    pub glob: String,
    /// What is wrong with it.
    pub reason: String,
}

/// A set of globs; the empty one matches nothing.
#[derive(Debug, Clone, Default)]
pub struct PathGlobs {
    set: GlobSet,
}

impl PathGlobs {
    /// Globs for `--touch-ignore`: one without `/` (but for a last one) matches a name in any directory, as in a
    /// `.gitignore`; any other begins at the working directory, or at the root if it is absolute.
    pub fn anywhere<S: AsRef<str>>(globs: &[S]) -> Result<Self, GlobError> {
        Self::compile(globs.iter().map(|glob| {
            let glob = glob.as_ref();
            let bare = glob.trim_end_matches('/');
            if bare.contains('/') { glob.to_owned() } else { format!("**/{glob}") }
        }))
    }

    /// Globs for `--expect-files`: each begins at the working directory, or at the root if it is absolute. A promise
    /// says where; whoever may make anything in a directory (`out/**`) may make the directory.
    pub fn anchored<S: AsRef<str>>(globs: &[S]) -> Result<Self, GlobError> {
        let whole = |glob: &str| {
            glob.strip_suffix("/**").filter(|directory| !directory.is_empty()).map(str::to_owned)
        };
        Self::compile(
            globs.iter().map(AsRef::as_ref).map(|glob| whole(glob).unwrap_or_else(|| glob.to_owned())),
        )
    }

    fn compile(globs: impl Iterator<Item = String>) -> Result<Self, GlobError> {
        let mut set = GlobSetBuilder::new();
        let mut any = false;
        for glob in globs {
            let error = |e: &globset::Error| GlobError { glob: glob.clone(), reason: e.kind().to_string() };
            let bare = glob.strip_prefix("./").unwrap_or(&glob).trim_end_matches('/');
            for form in [bare.to_owned(), format!("{bare}/**")] {
                let built = GlobBuilder::new(&form).literal_separator(true).build();
                set.add(built.map_err(|e| error(&e))?);
            }
            any = true;
        }
        if !any {
            return Ok(Self::default());
        }
        let set = set.build().map_err(|e| GlobError { glob: String::new(), reason: e.to_string() })?;
        Ok(Self { set })
    }

    /// Whether no glob was given.
    pub fn is_empty(&self) -> bool {
        self.set.is_empty()
    }

    /// Whether `path`, relative to the working directory or absolute, is matched.
    pub fn matches(&self, path: &[u8]) -> bool {
        !self.set.is_empty() && self.set.is_match(Path::new(OsStr::from_bytes(path)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_begins_at_the_working_directory() {
        let globs = PathGlobs::anchored(&["src/**", "*.md", "docs/", "./a b"]).unwrap();
        for inside in ["src", "src/a.rs", "src/deep/er/b", "README.md", "docs", "docs/x/y", "a b", "a b/c"] {
            assert!(globs.matches(inside.as_bytes()), "{inside}");
        }
        for outside in ["srcs/a", "docs2", "sub/README.md", "/src/a.rs", "x/src/a"] {
            assert!(!globs.matches(outside.as_bytes()), "{outside}");
        }
    }

    #[test]
    fn an_ignored_name_is_ignored_everywhere() {
        let globs = PathGlobs::anywhere(&["*.log", "tmp/", "a/b", "/var/cache"]).unwrap();
        for inside in ["x.log", "deep/er/x.log", "tmp/x", "a/tmp/y", "a/b/c", "/var/cache/k", "/q/z.log"] {
            assert!(globs.matches(inside.as_bytes()), "{inside}");
        }
        for outside in ["x.logs", "c/a/b", "var/cache"] {
            assert!(!globs.matches(outside.as_bytes()), "{outside}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_matched_too() {
        let globs = PathGlobs::anywhere(&["*.o"]).unwrap();
        assert!(globs.matches(b"dir/\xff\xfe.o"));
        assert!(!PathGlobs::default().matches(b"x"));
    }

    #[test]
    fn a_bad_glob_is_named() {
        let error = PathGlobs::anchored(&["src/[a"]).unwrap_err();
        assert!(error.to_string().starts_with("`src/[a` is not a glob"), "{error}");
    }
}
