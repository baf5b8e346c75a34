//! Files of random bytes, and of random pieces of what parsers look for. The same seed gives the same files.

/// A generator of files.
pub(crate) struct Garbage(u64);

/// Pieces that bring a parser further than noise does.
const PIECES: [&[u8]; 32] = [
    b"\n",
    b"\n\n",
    b" ",
    b"  ",
    b"\t",
    b": ",
    b"- ",
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b"'",
    b"\\",
    b"#",
    b"=",
    b"&a ",
    b"*a ",
    b"<<: ",
    b"FROM x AS ",
    b"RUN ",
    b"<<EOF\n",
    b"all: ",
    b"\t@",
    b"* @",
    b"/** @a/b ",
    b"${{ ",
    b" }}",
    b"\"\"\"",
    b"<a>",
    b"\xff\xfe",
    b"\xe2\x80\xae::error::",
];

impl Garbage {
    /// Names of files that the program reads by their structure.
    pub(crate) const NAMES: [&str; 25] = [
        ".dockerignore",
        ".env.example",
        ".gitattributes",
        ".gitignore",
        ".github/CODEOWNERS",
        ".github/dependabot.yml",
        ".github/workflows/ci.yml",
        "CHANGELOG.md",
        "Cargo.lock",
        "Cargo.toml",
        "Dockerfile",
        "Gemfile",
        "Jenkinsfile",
        "Makefile",
        "README.md",
        "compose.yaml",
        "go.mod",
        "go.sum",
        "justfile",
        "main.tf",
        "migrations/0001.sql",
        "package.json",
        "pom.xml",
        "pyproject.toml",
        "src/app.py",
    ];

    pub(crate) const fn seeded(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below the bound.
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    /// A file of up to some kilobytes: noise, or pieces with a little noise.
    pub(crate) fn file(&mut self) -> Vec<u8> {
        let noise = self.below(3) == 0;
        let mut bytes = Vec::new();
        for _ in 0..self.below(3000) {
            if noise || self.below(8) == 0 {
                // Without zeros, or the file would be passed over as binary.
                bytes.push(u8::try_from(1 + self.below(255)).unwrap());
            } else {
                bytes.extend(PIECES[self.below(PIECES.len())]);
            }
        }
        bytes
    }
}
