//! How `roadworthy check` compares with `cat` of the same files: wall time, CPU, peak memory. On an empty folder, on a tree
//! of 100,000 files, and on the folder that `TREE` names, where it does.
//!
//! `TREE=path cargo bench --bench tree`; `FILES=0` leaves the made-up tree out. Prints ratios and asserts nothing: machines
//! differ. A round runs both, so that what else the machine does hits both alike; the best round of each counts.

#[cfg(unix)]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    unix::main()
}

#[cfg(not(unix))]
fn main() {}

#[cfg(unix)]
mod unix {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeVal;
    use std::error::Error;
    use std::fmt::Write as _;
    use std::io::{self, Write as _};
    use std::path::Path;
    use std::process::{Command, Stdio};
    use std::time::Instant;

    const FILES: usize = 100_000;
    const ROUNDS: usize = 5;
    /// First argument that makes this program run a command and print what it used.
    const MEASURE: &str = "measure";
    const CAT: &str = r#"find "$1" -type f -print0 | xargs -0 cat > /dev/null"#;
    const POLICY: &str = "builtin:roadmap";

    /// What a command used.
    #[derive(Clone, Copy)]
    struct Used {
        wall_ms: f64,
        cpu_ms: f64,
        peak_mib: f64,
    }

    pub(super) fn main() -> Result<(), Box<dyn Error>> {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        if let Some((first, command)) = arguments.split_first()
            && first == MEASURE
        {
            return measure(command);
        }
        let files = std::env::var("FILES").map_or(Ok(FILES), |files| files.parse())?;
        let (empty, made) = (tempfile::tempdir()?, tempfile::tempdir()?);
        compare("an empty folder", empty.path())?;
        if files > 0 {
            generate(made.path(), files)?;
            compare(&format!("{files} made-up files"), made.path())?;
        }
        match std::env::var("TREE") {
            Ok(tree) => compare(&tree, Path::new(&tree)),
            Err(_) => Ok(()),
        }
    }

    /// Runs both on a folder, in turns, and prints what they used.
    fn compare(name: &str, root: &Path) -> Result<(), Box<dyn Error>> {
        let root = root.to_str().ok_or("the folder has an odd name")?;
        let check = [env!("CARGO_BIN_EXE_roadworthy"), "check", root, "--policy", POLICY, "--format", "json"];
        let cat = ["sh", "-c", CAT, "cat", root];
        let (mut best_check, mut best_cat) = (run(&check)?, run(&cat)?);
        for _ in 1..ROUNDS {
            best_check = best_check.better(run(&check)?);
            best_cat = best_cat.better(run(&cat)?);
        }
        Ok(io::stdout().write_all(table(name, best_check, best_cat).as_bytes())?)
    }

    /// A tree of source, configuration and documents, a few KiB each.
    fn generate(root: &Path, files: usize) -> io::Result<()> {
        const KINDS: [(&str, &str); 5] = [
            ("py", "import os\n\ndef handle(event):\n    return os.environ.get(\"NAME\", event)\n"),
            ("ts", "import { app } from './app';\n\nexport const handler = (event: string) => app(event);\n"),
            ("rs", "//! A module.\n\npub fn handle(event: &str) -> usize {\n    event.len()\n}\n"),
            ("md", "# Title\n\nSome words about [a thing](other.md), and then some more.\n"),
            ("yml", "name: thing\nitems:\n  - one\n  - two\nnested: { key: value }\n"),
        ];
        for at in 0..files {
            let (extension, text) = KINDS[at % KINDS.len()];
            let folder = root.join(format!("part{}/section{}", at / 5000, at / 100 % 50));
            if at % 100 == 0 {
                std::fs::create_dir_all(&folder)?;
            }
            std::fs::write(folder.join(format!("file{at}.{extension}")), text.repeat(8 + at % 40))?;
        }
        Ok(())
    }

    /// Runs a command in a process of its own that does nothing else, because what children used is summed up.
    fn run(command: &[&str]) -> Result<Used, Box<dyn Error>> {
        let output = Command::new(std::env::current_exe()?).arg(MEASURE).args(command).output()?;
        let text = String::from_utf8(output.stdout)?;
        let numbers = text.split_whitespace().map(str::parse).collect::<Result<Vec<f64>, _>>()?;
        let [wall_ms, cpu_ms, peak_mib] = numbers[..] else {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
        };
        Ok(Used { wall_ms, cpu_ms, peak_mib })
    }

    fn measure(command: &[String]) -> Result<(), Box<dyn Error>> {
        let (program, arguments) = command.split_first().ok_or("no command")?;
        let start = Instant::now();
        let status = Command::new(program).args(arguments).stdout(Stdio::null()).status()?;
        let wall = start.elapsed().as_secs_f64() * 1000.0;
        // A verdict of fail is a result too; 2 means that nothing was judged.
        if !matches!(status.code(), Some(0 | 1)) {
            return Err(format!("{program} ended with {status}").into());
        }
        let used = getrusage(UsageWho::RUSAGE_CHILDREN)?;
        let cpu = milliseconds(used.user_time()) + milliseconds(used.system_time());
        #[allow(clippy::cast_precision_loss)]
        let peak = used.max_rss() as f64 / 1024.0;
        writeln!(io::stdout(), "{wall} {cpu} {peak}")?;
        Ok(())
    }

    #[allow(clippy::cast_precision_loss)]
    fn milliseconds(time: TimeVal) -> f64 {
        time.tv_sec() as f64 * 1000.0 + time.tv_usec() as f64 / 1000.0
    }

    impl Used {
        fn better(self, other: Self) -> Self {
            Self {
                wall_ms: self.wall_ms.min(other.wall_ms),
                cpu_ms: self.cpu_ms.min(other.cpu_ms),
                peak_mib: self.peak_mib.min(other.peak_mib),
            }
        }
    }

    fn table(name: &str, check: Used, cat: Used) -> String {
        let mut text = format!("{name}\nbest of {ROUNDS:<21} check       cat     ratio\n");
        let rows = [
            ("wall time, ms", check.wall_ms, cat.wall_ms),
            ("CPU time, ms", check.cpu_ms, cat.cpu_ms),
            ("peak memory, MiB", check.peak_mib, cat.peak_mib),
        ];
        for (name, ours, theirs) in rows {
            let ratio = ours / theirs;
            let _ = writeln!(text, "{name:<25} {ours:>8.0}  {theirs:>8.0}  {ratio:>8.2}");
        }
        text
    }
}
