//! Names of splits: training, validation, test.

/// One spelling per split.
pub(super) fn split_name(text: &str) -> String {
    let word = text.trim().to_lowercase();
    match word.as_str() {
        "train" | "training" | "train_mini" => "train".to_string(),
        "val" | "valid" | "validation" | "dev" => "validation".to_string(),
        "test" | "testing" | "public_test" => "test".to_string(),
        _ => word,
    }
}

/// Whether a folder of this name holds a split and not a class.
pub(super) fn is_split_folder(name: &str) -> bool {
    matches!(split_name(name).as_str(), "train" | "validation" | "test")
}
