//! Every option of every command; no logic.

mod heading;
mod language;
mod norm;
mod precision;
mod thumbnails;
pub mod word;
mod table;
mod atlas;
mod bench;
mod classify;
mod demo;
mod event;
mod fusion;
mod latent;
mod merge;
mod report;
mod retrieve;
mod sets;
mod shards;
mod time_left;
mod score;
mod compare;
mod shift;
mod annotators;
mod next_labels;
mod taxonomy;
mod train;
mod completions;
mod manual;

pub use annotators::{AnnotatorsArgs, ConsensusChoice};
pub use atlas::AtlasArgs;
pub use bench::BenchArgs;
use clap::{Parser, Subcommand};
pub use classify::{ActivationChoice, ClassifyArgs, Decode, Format, LeftOutChoice, LinearChoice, ShardChoice, TilePoolChoice};
pub use compare::{CompareArgs, PairsChoice};
pub use completions::CompletionsArgs;
pub use demo::DemoArgs;
pub use event::EventArgs;
pub use fusion::{FusionArgs, OverChoice};
pub use language::LanguageChoice;
pub use latent::{ExportFormat, LatentArgs, SampleChoice, TowerChoice};
pub use manual::ManualArgs;
pub use merge::MergeArgs;
pub use next_labels::{MethodChoice, NextLabelsArgs};
pub use norm::NormChoice;
pub use precision::PrecisionChoice;
pub use report::{InformationChoice, IntervalChoice, PoolChoice, ReportArgs, TreeChoice, UnitChoice};
pub use retrieve::{FuseChoice, LabelsChoice, RetrieveArgs, SimilarityChoice, TiesChoice};
pub use score::ScoreArgs;
pub use sets::SetsArgs;
pub use shards::ShardsArgs;
pub use shift::{ShiftArgs, StandardChoice};
pub use table::{Blank, TableArgs};
pub use taxonomy::{ImportArgs, ResolveArgs, TaxonomyCommand};
pub use thumbnails::ThumbnailChoice;
pub use time_left::TimeLeft;
pub use train::TrainArgs;

/// How wrong is your species classifier?
///
/// Classifies photographs zero-shot with a BioCLIP-style encoder, and scores any classifier's
/// answers against a taxonomy: accuracy at every rank, and how far each mistake is from the truth.
///
/// Exit codes: 0 done; 1 done, but something was skipped or a gate failed; 2 could not run; 75 stopped by SIGTERM or
/// --time-left and 130 by Ctrl-C: what is done is kept, and the same command continues.
#[derive(Debug, Parser)]
#[command(name = "nearmiss", version, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// No progress and no remarks on stderr; warnings and errors stay.
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Classify photographs: folders, files or lists → a run directory.
    Classify(Box<ClassifyArgs>),
    /// Score a run or a table of predictions → a report folder, per rank.
    Report(Box<ReportArgs>),
    /// Count one part of a table that is read in parts → a state, which report adds to others.
    Score(Box<ScoreArgs>),
    /// Compare runs image by image, with significance → tables for papers and a page.
    Compare(Box<CompareArgs>),
    /// Score sets of truths and answers: several species in one image → a report folder.
    Sets(Box<SetsArgs>),
    /// Hold two sets of images against each other, unpaired: sites, years, cameras → a folder.
    Shift(Box<ShiftArgs>),
    /// Hold annotators against each other, and classifiers among them → a folder with the human level.
    Annotators(Box<AnnotatorsArgs>),
    /// Order images for labelling, so that few labels find the best of several models → a table.
    NextLabels(Box<NextLabelsArgs>),
    /// Check a taxonomy, show a taxon, import one, resolve names.
    Taxonomy {
        /// What to do with it.
        #[command(subcommand)]
        command: TaxonomyCommand,
    },
    /// Join the shards of a run, or runs made the same way over different photographs → a run directory.
    Merge(MergeArgs),
    /// Say which shards of a run are complete, under way, stopped, missing or damaged, and which have to run again.
    Shards(ShardsArgs),
    /// Measure the latent space against the taxonomy: numbers, maps, suspects → a folder.
    Latent(Box<LatentArgs>),
    /// Measure retrieval: runs against judgements, or every embedding against all others → rankings' measures.
    Retrieve(Box<RetrieveArgs>),
    /// Run a suite: data sets × models × recipes × decision rules → a leaderboard.
    Bench(BenchArgs),
    /// Train or adapt a model on photographs with truth → a model directory.
    Train(TrainArgs),
    /// Draw imaginary organisms that evolved down an imaginary taxonomy: photographs with a known truth.
    Atlas(AtlasArgs),
    /// Classify and score photographs and tables at hand, to see all of it work.
    Demo(DemoArgs),
    /// Print the script by which a shell completes commands and options.
    Completions(CompletionsArgs),
    /// Print the manual page, or write those of all commands → a folder.
    Man(ManualArgs),
}

impl Command {
    /// Whether the command loads LibTorch.
    #[must_use]
    pub fn needs_encoder(&self) -> bool {
        match self {
            Command::Latent(args) => args.texts() || args.hidden() || args.device.is_cuda(),
            Command::Retrieve(args) => args.models() || args.device.is_cuda(),
            Command::Taxonomy { command } => command.needs_encoder(),
            Command::Classify(_) | Command::Bench(_) | Command::Train(_) | Command::Atlas(_) | Command::Demo(_) => true,
            Command::Report(_)
            | Command::Score(_)
            | Command::Compare(_)
            | Command::Merge(_)
            | Command::Shards(_)
            | Command::Completions(_)
            | Command::Man(_)
            | Command::Sets(_)
            | Command::Shift(_)
            | Command::Annotators(_)
            | Command::NextLabels(_) => false,
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::runs::device::DeviceChoice;
    use crate::spaces::retrieval::search::Depth;
    use crate::taxonomy::rank::Rank;
    use clap::CommandFactory;

    /// What is said of a command line that cannot be read.
    fn refusal(line: &str) -> String {
        Cli::try_parse_from(line.split(' ')).unwrap_err().to_string()
    }

    /// All commands that do something, those of `taxonomy` among them.
    fn commands() -> Vec<clap::Command> {
        let mut cli = Cli::command();
        cli.build();
        let of = |command: &clap::Command| -> Vec<clap::Command> {
            if command.has_subcommands() { command.get_subcommands().cloned().collect() } else { vec![command.clone()] }
        };
        cli.get_subcommands().flat_map(of).filter(|command| command.get_name() != "help").collect()
    }

    /// Headings of a command's options in the order of its help.
    fn headings(command: &clap::Command) -> Vec<&str> {
        let mut headings: Vec<&str> = vec![];
        for heading in command.get_arguments().filter_map(clap::Arg::get_help_heading) {
            if !headings.contains(&heading) {
                headings.push(heading);
            }
        }
        headings
    }

    #[test]
    fn the_options_are_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn words_become_what_the_library_takes() {
        let Command::Retrieve(args) =
            Cli::try_parse_from("nearmiss retrieve a --device CUDA --depth 7 --gate mrr@10>0.3".split(' ')).unwrap().command
        else {
            panic!("not retrieve");
        };
        assert_eq!((args.device, args.depth), (DeviceChoice::Cuda(0), Some(Depth::At(7))));
        assert_eq!((args.gate[0].metric.as_str(), args.gate[0].line), ("mrr@10", 0.3));
        let line = "nearmiss classify photos --model m --taxonomy t --column a=genus --rank genus --shard 2/4";
        let Command::Classify(args) = Cli::try_parse_from(line.split(' ')).unwrap().command else { panic!("not classify") };
        assert_eq!(args.column, [("a".to_string(), crate::photographs::dataset::Column::Rank(Rank::Genus))]);
        assert_eq!((args.rank, args.shard.map(|shard| (shard.shard.number, shard.shard.of))), (Rank::Genus, Some((2, 4))));
        assert_eq!((args.device, args.precision, args.recipe), (DeviceChoice::Auto, PrecisionChoice::Auto, None));
        let Command::Report(args) = Cli::try_parse_from(["nearmiss", "report", "a.csv"]).unwrap().command else {
            panic!("not report");
        };
        assert_eq!(args.yellow_from, Rank::Genus);
    }

    #[test]
    fn a_word_that_stands_for_nothing_is_said_with_its_option_and_what_there_is() {
        let classify = "nearmiss classify photos --model m --taxonomy t";
        let retrieve = "nearmiss retrieve a";
        for (line, parts) in [
            (format!("{classify} --rank speces"), vec!["error: --rank 'speces' is no rank; give species"]),
            (format!("{classify} --recipe cake"), vec!["error: --recipe 'cake' is not one of bioclip, pybioclip"]),
            (format!("{classify} --names x"), vec!["error: --names 'x' is not one of sci, com, taxon, sci_com"]),
            (format!("{classify} --layout x"), vec!["error: --layout 'x' is not one of folders, manifest"]),
            (format!("{classify} --column x=y"), vec!["error: --column 'x=y' is not COLUMN=CONTENT; contents are image"]),
            (format!("{classify} --shard 5/4"), vec!["error: --shard '5/4' is not I/N with I from 1 to N"]),
            (format!("{classify} --label-vectors int8"), vec!["error: --label-vectors 'int8' is not fp32 or bf16"]),
            (format!("{classify} --device gpu"), vec!["--device", "'gpu' is not known; give 'auto', 'cpu', 'cuda'"]),
            (format!("{classify} --precision fp8"), vec!["--precision", "'fp8'", "auto, fp32, bf16"]),
            (format!("{classify} --linear x"), vec!["--linear", "'x'", "auto, product, convolution"]),
            (format!("{classify} --tiles 3"), vec!["error: --tiles '3' is not COLUMNSxROWS, such as 3x3 or 4x2"]),
            (format!("{classify} --tiles 2x2 --tile-overlap 1"), vec!["error: --tile-overlap '1' is no share of a tile's side"]),
            (format!("{classify} --tiles 2x2 --tile-pool sum"), vec!["--tile-pool", "'sum'", "max, mean"]),
            (format!("{classify} --tile-pool max"), vec!["required", "--tiles <COLUMNSxROWS>"]),
            (format!("{classify} --activation x"), vec!["--activation", "'x'", "config, gelu, quickgelu"]),
            (format!("{retrieve} --depth deep"), vec!["error: --depth 'deep': it is a number of documents"]),
            (format!("{retrieve} --gate mrr"), vec!["--gate", "'mrr'", "no >=, <=, > or <"]),
            ("nearmiss report a --yellow-from tribe".to_string(), vec!["--yellow-from 'tribe' is none of the ranks kingdom"]),
            ("nearmiss report a --predicted-pattern (".to_string(), vec!["--predicted-pattern '(' is no regular expression"]),
            ("nearmiss bench a --model x".to_string(), vec!["error: --model 'x' is not NAME=MODEL"]),
            ("nearmiss taxonomy import a -o b --status FR".to_string(), vec!["--status 'FR' is not TERRITORY=LETTERS"]),
        ] {
            let message = refusal(&line);
            assert!(parts.iter().all(|part| message.contains(part)), "{line}: {message}");
        }
    }

    #[test]
    fn options_stand_under_headings_that_fit() {
        for command in commands() {
            let (headings, name) = (headings(&command), command.get_name());
            let place = |heading: &str| headings.iter().position(|known| *known == heading);
            let (output, rare) = (place(heading::OUTPUT), place(heading::RARE));
            assert!(rare.is_none_or(|rare| rare + 1 == headings.len()), "{name}: {headings:?}");
            assert!(
                output.is_none_or(|output| output + 1 + usize::from(rare.is_some()) == headings.len()),
                "{name}: {headings:?}"
            );
            let under = |option: &str| {
                let option = command.get_arguments().find(|known| known.get_long() == Some(option));
                option.map(clap::Arg::get_help_heading)
            };
            for option in ["output", "force", "json", "thumbnails"] {
                assert!(under(option).is_none_or(|heading| heading == Some(heading::OUTPUT)), "{name} --{option}");
            }
            for option in ["truth", "clade", "blank-truth", "group-column"] {
                assert!(under(option).is_none_or(|heading| heading == Some(heading::TABLES)), "{name} --{option}");
            }
            for option in ["seed", "csv-safe", "encoding"].into_iter().filter(|_| name != "atlas") {
                // The encoding of predictions is one of the options of tables.
                if option == "encoding" && under(option) == Some(Some(heading::TABLES)) {
                    continue;
                }
                assert!(under(option).is_none_or(|heading| heading == Some(heading::RARE)), "{name} --{option}");
            }
        }
    }
}
