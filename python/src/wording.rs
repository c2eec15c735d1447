//! Sentences of the program as Python says them: options are arguments.

/// Options of the program, and the arguments that they are. Those of the command line alone stay as they are.
const ARGUMENTS: &[(&str, &str)] = &[
    ("across-observations", "across_observations=True"),
    ("agree", "agree="),
    ("alpha", "alpha="),
    ("annotator", "annotator="),
    ("annotator-column", "annotators="),
    ("back-off", "back_off="),
    ("between", "between="),
    ("blank-truth", "missing_truth="),
    ("by", "by="),
    ("camera-column", "camera_column="),
    ("clade", "clade="),
    ("consensus", "consensus="),
    ("costs", "costs="),
    ("count-unreachable", "count_unreachable=True"),
    ("csv-safe", "csv_safe=True"),
    ("depth", "depth="),
    ("draws", "draws="),
    ("encoding", "encoding="),
    ("event-gap", "event_gap="),
    ("force", "force=True"),
    ("gate", "gates="),
    ("gates", "gates="),
    ("geofence", "geofence="),
    ("group-column", "group="),
    ("image-column", "image="),
    ("information", "information="),
    ("intersect", "intersect=True"),
    ("intervals", "intervals="),
    ("k", "k="),
    ("label-column", "label="),
    ("labels", "labels="),
    ("lineage-separator", "lineage_separator="),
    ("list-separator", "list_separator="),
    ("look-alikes", "look_alikes="),
    ("measures", "measures="),
    ("method", "method="),
    ("no-latent", "latent=False"),
    ("no-map", "map=False"),
    ("non-taxon", "non_taxon="),
    ("norm", "norm="),
    ("pairs", "pairs="),
    ("permutations", "permutations="),
    ("photographs", "photographs="),
    ("pool", "pool="),
    ("precision", "precision="),
    ("predicted-column", "predicted="),
    ("predicted-pattern", "predicted_pattern="),
    ("present-from", "present_from="),
    ("prior", "prior="),
    ("queries", "queries="),
    ("query-labels", "query_labels="),
    ("rank", "rank="),
    ("roll-up", "roll_up="),
    ("score-column", "score="),
    ("seed", "seed="),
    ("similarity", "similarity="),
    ("simulate", "simulate=True"),
    ("site-column", "site_column="),
    ("tables-only", "tables_only=True"),
    ("taxon-after-all", "taxon_after_all="),
    ("taxonomy", "taxonomy="),
    ("threshold", "threshold="),
    ("thumbnails", "thumbnails="),
    ("ties", "ties="),
    ("time-column", "time_column="),
    ("top-k", "top_k="),
    ("training-counts", "training_counts="),
    ("transect-column", "transect="),
    ("tree", "tree="),
    ("truth", "truth_table="),
    ("truth-column", "truth="),
    ("truth-image-column", "truth_image="),
    ("verdicts", "verdicts="),
    ("within", "within="),
    ("yellow-from", "yellow_from="),
];

/// What is said otherwise altogether.
const PHRASES: &[(&str, &str)] = &[
    ("nearmiss report --list-metrics lists all", "nearmiss.metrics lists all"),
    ("--predicted-column (repeat it for several runs)", "predicted= (a list for several runs)"),
    ("several --predicted-column", "several columns with predicted="),
    ("; --explain shows what was read", ""),
    ("or see with --explain what was read", "or see in 'understood' what was read"),
    ("give another folder with -o, or --force", "give another folder, or force=True"),
    ("give another one with -o, or --force", "give another one, or force=True"),
    ("give another one with -o", "give another one"),
    ("--photographs FOLDER", "photographs=FOLDER"),
    ("'--consensus flat --rank genus'", "consensus='flat', rank='genus'"),
    ("as '--rank genus'", "as rank='genus'"),
    ("make it again with `nearmiss score`", "make it again with nearmiss.write_state() or Scorer.save()"),
    ("`nearmiss score`", "nearmiss.write_state()"),
    ("give them to `nearmiss report`", "give them to nearmiss.evaluate()"),
];

/// Words that follow an option as its value; numbers and what stands in quotes do as well.
const VALUES: &[&str] = &["all", "event", "first", "latin1", "observation", "truths", "windows-1252"];

/// A sentence with the options of the program as the arguments that they are: `--truth-column` is `truth=`.
pub(crate) fn in_python(sentence: &str) -> String {
    let mut said = sentence.to_string();
    for (phrase, instead) in PHRASES {
        if said.contains(phrase) {
            said = said.replace(phrase, instead);
        }
    }
    with_arguments(&said)
}

fn with_arguments(sentence: &str) -> String {
    let mut said = String::with_capacity(sentence.len());
    let mut rest = sentence;
    while let Some(at) = rest.find("--") {
        said.push_str(&rest[..at]);
        let option = &rest[at + 2..];
        let end = option.find(|letter: char| !letter.is_ascii_lowercase() && letter != '-').unwrap_or(option.len());
        let (name, after) = option.split_at(end);
        rest = if let Some(argument) = argument(name).filter(|_| stands_alone(&said, after)) {
            said.push_str(argument);
            if argument.ends_with('=') { with_value(&mut said, after) } else { after }
        } else {
            said.push_str("--");
            said.push_str(name);
            after
        };
    }
    said + rest
}

fn argument(option: &str) -> Option<&'static str> {
    ARGUMENTS.iter().find(|(known, _)| *known == option).map(|(_, argument)| *argument)
}

/// Whether an option between these is a word of its own, and no part of a path or of a name that somebody gave.
fn stands_alone(before: &str, after: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '/' | '\\' | '-');
    !before.ends_with(is_part) && !after.starts_with(is_part)
}

/// Puts the value that follows an option right behind it; what is left of the sentence.
fn with_value<'a>(said: &mut String, after: &'a str) -> &'a str {
    let Some(next) = after.strip_prefix(' ') else { return after };
    if next.starts_with('\'') {
        return next;
    }
    let end = next.find(|letter: char| letter.is_whitespace() || matches!(letter, ',' | ';' | ':' | ')')).unwrap_or(next.len());
    let (word, rest) = next.split_at(end);
    if VALUES.contains(&word) {
        said.push('\'');
        said.push_str(word);
        said.push('\'');
        return rest;
    }
    if word.parse::<f64>().is_ok() {
        said.push_str(word);
        return rest;
    }
    after
}
