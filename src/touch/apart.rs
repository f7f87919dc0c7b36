//! Changes counted apart from the list people read: version control internals, caches, build output.
//!
//! A directory belongs to a group by its name, by its name and a file beside or in it, or by a `CACHEDIR.TAG` (the
//! Cache Directory Tagging Specification, bford.info/cachedir). A directory that holds the working directory never
//! does: whoever works inside `node_modules` wants to hear about it.

use crate::sys::stat::state_of;
use std::collections::HashMap;
use std::ffi::CString;
use std::io::Read as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

/// Internals of version control.
pub const VCS: &str = "vcs";
/// Directories that declare themselves caches.
pub const CACHE: &str = "cache";
/// What build tools and package managers generate.
pub const BUILD: &str = "build";

const CACHEDIR_SIGNATURE: &[u8] = b"Signature: 8a477f597d28d172789f06886806bc55";

/// Names that say it all.
const BY_NAME: &[(&[u8], &str)] = &[
    (b".git", VCS),
    (b".hg", VCS),
    (b".svn", VCS),
    (b".jj", VCS),
    (b"__pycache__", CACHE),
    (b".mypy_cache", CACHE),
    (b".pytest_cache", CACHE),
    (b".ruff_cache", CACHE),
    (b"node_modules", BUILD),
    (b".tox", BUILD),
    (b".nox", BUILD),
    (b".gradle", BUILD),
    (b".next", BUILD),
    (b".nuxt", BUILD),
];

/// Names that mean build output only with a witness: a path relative to the directory.
const BY_WITNESS: &[(&[u8], &[u8])] = &[
    (b"target", b"../Cargo.toml"),
    (b"target", b"../pom.xml"),
    (b"build", b"CMakeCache.txt"),
    (b"build", b"../build.gradle"),
    (b"build", b"../build.gradle.kts"),
];

/// Tells groups, remembering what it has found out about each directory.
#[derive(Debug)]
pub struct Groups {
    cwd: Vec<u8>,
    known: HashMap<Vec<u8>, Option<&'static str>>,
    /// The directory asked for last: paths come in order.
    last: Option<(Vec<u8>, Option<&'static str>)>,
}

impl Groups {
    /// For a run in `cwd`.
    pub fn new(cwd: &Path) -> Self {
        Self { cwd: cwd.as_os_str().as_bytes().to_vec(), known: HashMap::new(), last: None }
    }

    /// Takes the directory around a `CACHEDIR.TAG` as a cache, also if the tag is gone by now. `is_new` is said of a
    /// directory that the run has made: a tag in it would be a change as well, so nobody has to look for one.
    pub fn learn(&mut self, path: &[u8], is_new: bool) {
        if let Some(directory) = path.strip_suffix(b"/CACHEDIR.TAG") {
            self.known.insert(directory.to_vec(), Some(CACHE));
        }
        if is_new && !self.known.contains_key(path) {
            self.known.insert(path.to_vec(), by_name(path).or_else(|| by_witness(path)));
        }
    }

    /// The group of an absolute `path`, if it belongs to one.
    pub fn group(&mut self, path: &[u8], is_directory: bool) -> Option<&'static str> {
        let parent = &path[..memchr::memrchr(b'/', path).unwrap_or(0)];
        let around = match &self.last {
            Some((last, group)) if last == parent => *group,
            _ => {
                let ends = memchr::memchr_iter(b'/', path).filter(|at| *at > 0);
                let group = ends.map(|end| &path[..end]).find_map(|prefix| self.group_of_directory(prefix));
                self.last = Some((parent.to_vec(), group));
                group
            }
        };
        let own = |groups: &mut Self| {
            if is_directory { groups.group_of_directory(path) } else { by_name(path) }
        };
        around.or_else(|| own(self))
    }

    fn group_of_directory(&mut self, directory: &[u8]) -> Option<&'static str> {
        if is_at_or_below(&self.cwd, directory) {
            return None;
        }
        if let Some(known) = self.known.get(directory) {
            return *known;
        }
        let tagged = || is_tagged_cache(directory).then_some(CACHE);
        let found = by_name(directory).or_else(tagged).or_else(|| by_witness(directory));
        self.known.insert(directory.to_vec(), found);
        found
    }
}

/// Whether `path` is `directory` or below it.
pub fn is_at_or_below(path: &[u8], directory: &[u8]) -> bool {
    let directory = directory.strip_suffix(b"/").unwrap_or(directory);
    path.strip_prefix(directory).is_some_and(|rest| rest.is_empty() || rest[0] == b'/')
}

fn last_name(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or_default()
}

fn by_name(path: &[u8]) -> Option<&'static str> {
    let name = last_name(path);
    BY_NAME.iter().find(|(known, _)| *known == name).map(|(_, group)| *group)
}

fn by_witness(directory: &[u8]) -> Option<&'static str> {
    let name = last_name(directory);
    let witnessed = BY_WITNESS.iter().filter(|(known, _)| *known == name);
    let exists = |witness: &[u8]| {
        // The directory itself may be gone, so its `..` has to be taken away here.
        let base = match witness.strip_prefix(b"../") {
            Some(beside) => [&directory[..directory.len() - name.len()], beside].concat(),
            None => [directory, b"/", witness].concat(),
        };
        CString::new(base).is_ok_and(|path| state_of(&path).is_ok())
    };
    witnessed.into_iter().any(|(_, witness)| exists(witness)).then_some(BUILD)
}

fn is_tagged_cache(directory: &[u8]) -> bool {
    let tag = [directory, b"/CACHEDIR.TAG"].concat();
    // Nearly always absent: ask before opening.
    let Ok(name) = CString::new(tag.clone()) else { return false };
    if !state_of(&name).is_ok_and(|state| state.kind() == crate::sys::stat::FileKind::File) {
        return false;
    }
    let mut start = [0; CACHEDIR_SIGNATURE.len()];
    let read = std::fs::File::open(Path::new(std::ffi::OsStr::from_bytes(&tag)))
        .and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && start == CACHEDIR_SIGNATURE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_by_name_by_tag_and_by_witness() {
        let root = tempfile::tempdir().unwrap();
        let at = |path: &str| root.path().join(path);
        let write = |path: &str, text: &str| {
            std::fs::create_dir_all(at(path).parent().unwrap()).unwrap();
            std::fs::write(at(path), text).unwrap();
        };
        write("crate/Cargo.toml", "");
        write("c/build/CMakeCache.txt", "");
        write("tagged/CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n# comment");
        write("untagged/CACHEDIR.TAG", "no signature");
        let mut groups = Groups::new(root.path());
        let mut group = |path: &str| groups.group(at(path).as_os_str().as_bytes(), false);
        assert_eq!(group(".git/index"), Some(VCS));
        assert_eq!(group("sub/.git"), Some(VCS));
        assert_eq!(group("a/node_modules/b/c.js"), Some(BUILD));
        assert_eq!(group("crate/target/debug/x"), Some(BUILD));
        assert_eq!(group("other/target/debug/x"), None);
        assert_eq!(group("c/build/x.o"), Some(BUILD));
        assert_eq!(group("build/x.o"), None);
        assert_eq!(group("tagged/deep/x"), Some(CACHE));
        assert_eq!(group("untagged/x"), None);
        assert_eq!(group("src/main.rs"), None);
        assert_eq!(group(".github/x"), None);
        let root = |path: &str| at(path).as_os_str().as_bytes().to_vec();
        let mut groups = Groups::new(Path::new("/nonexistent"));
        assert_eq!(groups.group(&root("tagged"), true), Some(CACHE));
        assert_eq!(groups.group(&root("crate/target"), true), Some(BUILD));
        assert_eq!(groups.group(&root("crate"), true), None);
    }

    #[test]
    fn a_directory_the_run_has_made_is_told_by_its_changes() {
        let root = tempfile::tempdir().unwrap();
        let at = |path: &str| root.path().join(path).as_os_str().as_bytes().to_vec();
        for directory in ["a", "b", "c/target"] {
            std::fs::create_dir_all(root.path().join(directory)).unwrap();
            let tag = root.path().join(directory).join("CACHEDIR.TAG");
            std::fs::write(tag, CACHEDIR_SIGNATURE).unwrap();
        }
        std::fs::write(root.path().join("c/Cargo.toml"), "").unwrap();
        let mut groups = Groups::new(Path::new("/nonexistent"));
        for (path, is_new) in [("a", true), ("a/CACHEDIR.TAG", false), ("b", true), ("c/target", true)] {
            groups.learn(&at(path), is_new);
        }
        assert_eq!(groups.group(&at("a/x"), false), Some(CACHE));
        assert_eq!(groups.group(&at("b/x"), false), None, "nobody has looked");
        assert_eq!(groups.group(&at("c/target/x"), false), Some(BUILD));
    }

    #[test]
    fn a_cache_that_was_removed_is_still_one() {
        let mut groups = Groups::new(Path::new("/nonexistent"));
        groups.learn(b"/nonexistent/t/CACHEDIR.TAG", false);
        assert_eq!(groups.group(b"/nonexistent/t/x", false), Some(CACHE));
    }

    #[test]
    fn inside_a_group_everything_is_work() {
        let mut groups = Groups::new(Path::new("/x/node_modules/mine"));
        assert_eq!(groups.group(b"/x/node_modules/mine/src.js", false), None);
        assert_eq!(groups.group(b"/x/node_modules/mine/node_modules/y", false), Some(BUILD));
        assert_eq!(groups.group(b"/x/node_modules/other", false), None);
    }
}
