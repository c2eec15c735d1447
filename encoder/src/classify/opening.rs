//! Opens a model and settles what it is asked.

use super::asked::{Asked, AskedClassifier, AskedEncoder, AskedVectors, Asking, NamedFile};
use super::class_labels::{ClassLabelError, ClassLabels, LeftOut};
use super::classes::Classes;
use super::error::ClassificationError;
use super::listener::Listener;
use super::model;
use super::preprocessing::{self, Own, PreprocessChoice, PreprocessingError};
use crate::encoder::Encoder;
use crate::encoder::classifier::file_kind::{FileKind, WEIGHTS_ALONE};
use crate::encoder::classifier::outputs::OutputKind;
use crate::encoder::classifier::{Classifier, preprocess_file};
use nearmiss::photographs::preprocess::Preprocess;
use nearmiss::runs::directory::TableFormat;
use nearmiss::runs::label_precision::LabelPrecision;
use nearmiss::runs::pair_scores::ScoreKind;
use nearmiss::runs::recipe::{Activation, Recipe};
use nearmiss::taxonomy::label_set::{LabelError, LabelSet};
use nearmiss::taxonomy::rank::Rank;
use nearmiss::taxonomy::search::Found;
use nearmiss::taxonomy::{TaxonId, Taxonomy};
use std::path::Path;

/// Above this many candidates one sentence per candidate is the default instead of 81.
const MANY_LABELS: usize = 1_000;

impl Asking<'_> {
    /// Opens the model: a network in a file, a model directory with classes, an encoder of images and texts, or one of images
    /// alone.
    pub(super) fn open(&self, taxonomy: &Taxonomy, listener: &dyn Listener) -> Result<Asked, ClassificationError> {
        let path = Path::new(self.model);
        if let Some(kind) = FileKind::of(path)? {
            return self.network(path, kind, taxonomy, listener);
        }
        // A slip in a name is told before a large model is opened.
        let chosen = match LabelSet::choose(taxonomy, self.labels) {
            Err(slip @ (LabelError::Names { .. } | LabelError::Open { .. })) if self.classes.is_none() => return Err(slip.into()),
            chosen => chosen,
        };
        let found = model::directory(self.model)
            .map_err(|error| if self.classes.is_some() && path.is_file() { self.refused(WEIGHTS_ALONE) } else { error.into() })?;
        found.note.iter().for_each(|note| listener.warn(note));
        let encoder = Encoder::from_dir(&found.directory, self.options)
            .map_err(|source| ClassificationError::Model { model: self.model.to_string(), source })?;
        describe(&encoder, listener);
        self.say_activation(&encoder, listener);
        if !encoder.has_images() {
            return Err(self.refused(&self.reads_texts()));
        }
        let has_classes = encoder.description().image.as_ref().is_some_and(|image| image.classes.is_some());
        match (has_classes, self.classes.is_some(), encoder.has_text()) {
            (true, true, _) | (true, false, false) => self.classes_of(encoder, taxonomy, listener),
            (false, true, _) => Err(self.refused("has no layer of classes, which --classes could name; leave --classes out")),
            (_, false, true) => self.candidates_of(encoder, chosen?, listener),
            (false, false, false) => self.vectors_of(encoder, listener),
        }
    }

    /// Why a model of texts alone sees no photographs, and what it is for.
    fn reads_texts(&self) -> String {
        let model = self.model;
        format!(
            "reads texts alone and has no image tower: `nearmiss retrieve TEXTS --model {model}` ranks texts by it, and \
             `nearmiss latent TEXTS --model {model}` looks at their space"
        )
    }

    fn refused(&self, what: &str) -> ClassificationError {
        ClassificationError::NotFor { model: self.model.to_string(), what: what.to_string() }
    }

    /// An encoder and its candidates.
    fn candidates_of(&self, encoder: Encoder, labels: LabelSet, listener: &dyn Listener) -> Result<Asked, ClassificationError> {
        if self.left_out != LeftOut::default() {
            return Err(self.refused("is asked about candidates by their names, and --left-out is for classifiers; leave it out"));
        }
        let [bioclip, _, _, single] = Recipe::built_in();
        let count = labels.taxa().len();
        let usual = if count > MANY_LABELS { single } else { bioclip };
        let preprocess = preprocessing::of_encoder(&Own::of(encoder.description()), self.preprocess, self.recipe, listener)?;
        let mut recipe = self.recipe.cloned().unwrap_or(usual);
        recipe.name_format = self.names.unwrap_or(recipe.name_format);
        recipe.preprocess = preprocess.resize.to_string();
        recipe.activation = self.options.activation;
        recipe.precision = encoder.precision();
        listener.remark(&format!(
            "recipe: {} ({}, {} templates, names as {}), {count} candidates",
            recipe.name,
            recipe.preprocess,
            recipe.templates.name(),
            recipe.name_format
        ));
        let scores = self.scores.unwrap_or_default();
        say_scores(scores, &encoder, listener);
        let files = self.preprocess_file();
        Ok(Asked::Candidates(Box::new(AskedEncoder { encoder, labels, recipe, preprocess, scores, files })))
    }

    /// A model of images alone: vectors, and no answers.
    fn vectors_of(&self, encoder: Encoder, listener: &dyn Listener) -> Result<Asked, ClassificationError> {
        self.refuse_answers()?;
        let preprocess = preprocessing::of_encoder(&Own::of(encoder.description()), self.preprocess, None, listener)?;
        listener.remark(
            "  it has neither a text tower nor a layer of classes and names no taxon: the run holds vectors, and no answers",
        );
        listener.remark(&format!("preprocessing: {} to {} pixels", preprocess.resize, preprocess.size));
        let (labels, files) = (LabelSet::of(vec![]), self.preprocess_file());
        Ok(Asked::Vectors(Box::new(AskedVectors { encoder, labels, preprocess, files })))
    }

    /// A network in a file and its classes.
    fn network(
        &self,
        path: &Path,
        kind: FileKind,
        taxonomy: &Taxonomy,
        listener: &dyn Listener,
    ) -> Result<Asked, ClassificationError> {
        let preprocess = match self.preprocess {
            Some(PreprocessChoice::File(path)) => preprocess_file::read(path)?,
            _ => return Err(PreprocessingError::NotSaid.into()),
        };
        self.refuse_prompts()?;
        let Some(file) = self.classes else {
            return Err(self.refused("is a network in a file, which does not say what its classes are: give --classes FILE"));
        };
        // Files that are short come before a network that may be large.
        let classes = Classes::read(file)?;
        let classifier = Classifier::from_file(path, kind, preprocess.size, self.options)?;
        let say = format!("model: {} on {}", classifier.summary(), classifier.device_name());
        listener.remark(&say);
        self.asked_classes(classifier, &classes, preprocess, taxonomy, listener)
    }

    /// A model directory with a layer of classes.
    fn classes_of(&self, encoder: Encoder, taxonomy: &Taxonomy, listener: &dyn Listener) -> Result<Asked, ClassificationError> {
        self.refuse_prompts()?;
        let preprocess = preprocessing::of_encoder(&Own::of(encoder.description()), self.preprocess, None, listener)?;
        let classes = match self.classes {
            Some(file) => Classes::read(file)?,
            None if encoder.description().classes.is_empty() => {
                return Err(self.refused("has a layer of classes, and its files do not say what they are: give --classes FILE"));
            }
            None => Classes::of_names(&encoder.description().classes),
        };
        let classifier = Classifier::of_encoder(encoder, Path::new(self.model))?;
        self.asked_classes(classifier, &classes, preprocess, taxonomy, listener)
    }

    fn asked_classes(
        &self,
        classifier: Classifier,
        classes: &Classes,
        preprocess: Preprocess,
        taxonomy: &Taxonomy,
        listener: &dyn Listener,
    ) -> Result<Asked, ClassificationError> {
        classes.notes.iter().for_each(|note| listener.warn(note));
        classifier.doubt().iter().for_each(|doubt| listener.warn(&format!("{}: {doubt}", self.model)));
        if classifier.kind() == OutputKind::Probabilities {
            listener.remark("  its outputs are probabilities; their logarithms are taken for logits");
        }
        let origin = self.classes.map_or_else(|| self.model.to_string(), |file| file.display().to_string());
        let (count, outputs) = (classes.classes.len(), classifier.classes());
        if count != outputs {
            return Err(ClassLabelError::Number { origin, classes: count, outputs }.into());
        }
        if let Some(rank) = self.other_rank() {
            let why = "the candidates of a classifier are its classes, of whatever rank";
            listener.warn(&format!("--rank {rank}: {why}; ranks above have their sums"));
        }
        let labels = ClassLabels::of(taxonomy, classes, &self.clades(taxonomy)?, self.left_out, &origin)?;
        labels.sentences().iter().for_each(|sentence| listener.remark(sentence));
        listener.remark(&format!("preprocessing: {} to {} pixels; scores: softmax", preprocess.resize, preprocess.size));
        let classes_file = self.classes.map(|file| NamedFile { option: "classes", path: file.to_path_buf() });
        let files = classes_file.into_iter().chain(self.preprocess_file()).collect();
        let left_out = self.left_out;
        Ok(Asked::Classes(Box::new(AskedClassifier { classifier, classes: labels, left_out, preprocess, files })))
    }

    /// The clades that candidates must lie in.
    fn clades(&self, taxonomy: &Taxonomy) -> Result<Vec<TaxonId>, ClassificationError> {
        let within = &self.labels.within;
        let clade = |text: &String| match taxonomy.find(text) {
            Found::One(taxon) => Ok(taxon),
            found => {
                let why = if found == Found::Nothing { "is not in the taxonomy" } else { "names several taxa, give a lineage" };
                let list = format!("  '{text}' {why}{}", taxonomy.suggestion(text));
                Err(LabelError::Names { origin: "--within".to_string(), count: 1, total: within.len(), list }.into())
            }
        };
        within.iter().map(clade).collect()
    }

    /// The file of `--preprocess`, where it is one.
    fn preprocess_file(&self) -> Vec<NamedFile> {
        match self.preprocess {
            Some(PreprocessChoice::File(path)) => vec![NamedFile { option: "preprocess", path: path.clone() }],
            _ => vec![],
        }
    }

    /// A classifier has classes and no prompts: what is about these is refused, not passed over.
    fn refuse_prompts(&self) -> Result<(), ClassificationError> {
        let more = [("--embeddings", self.embeddings.is_some()), ("--scores sigmoid", self.scores == Some(ScoreKind::Sigmoid))];
        match asked_for(self.of_prompts().into_iter().chain(more)) {
            None => Ok(()),
            Some(option) => Err(self.refused(&format!(
                "is a classifier: its candidates are its classes, and {option} is for encoders of images and texts; leave it out"
            ))),
        }
    }

    /// A model of images alone has neither prompts nor candidates; and its run is vectors, which CSV does not hold.
    fn refuse_answers(&self) -> Result<(), ClassificationError> {
        let more = [
            ("--scores", self.scores.is_some()),
            ("--rank", self.other_rank().is_some()),
            ("--within", !self.labels.within.is_empty()),
            ("--left-out", self.left_out != LeftOut::default()),
        ];
        if let Some(option) = asked_for(self.of_prompts().into_iter().chain(more)) {
            return Err(self.refused(&format!(
                "has neither a text tower nor a layer of classes: it gives vectors and no answers, which {option} is about; \
                 leave it out"
            )));
        }
        if self.format == TableFormat::Csv {
            return Err(self.refused("gives vectors and no answers, and CSV holds no vectors; leave --format out"));
        }
        Ok(())
    }

    /// Options about sentences around the names of candidates, and whether they were given.
    fn of_prompts(&self) -> [(&'static str, bool); 4] {
        [
            ("--recipe", self.recipe.is_some()),
            ("--names", self.names.is_some()),
            ("--labels", self.labels.file.is_some()),
            ("--label-vectors", self.label_vectors != LabelPrecision::default()),
        ]
    }

    /// The rank of candidates, where it is another than the usual one.
    fn other_rank(&self) -> Option<Rank> {
        self.labels.rank.filter(|&rank| rank != Rank::Species)
    }

    /// Says so where a non-linearity was asked for and some tower keeps another.
    fn say_activation(&self, encoder: &Encoder, listener: &dyn Listener) {
        let own = encoder.description().activations();
        if let Some(asked) = self.options.activation.filter(|asked| own.iter().any(|own| own != asked)) {
            let names: Vec<&str> = own.into_iter().map(Activation::name).collect();
            listener.warn(&format!(
                "--activation {} takes the place of gelu and quickgelu alone; the model computes {}",
                asked.name(),
                names.join(" and ")
            ));
        }
    }
}

/// The first of some options that was given.
fn asked_for(options: impl IntoIterator<Item = (&'static str, bool)>) -> Option<&'static str> {
    options.into_iter().find(|&(_, asked)| asked).map(|(option, _)| option)
}

/// Says what the encoder is and how it computes.
fn describe(encoder: &Encoder, listener: &dyn Listener) {
    listener.remark(&format!(
        "model: {} on {}, {}, linear layers as {}",
        encoder.description().summary(),
        encoder.device_name(),
        encoder.precision().name(),
        encoder.linear().name()
    ));
    if let Some(note) = encoder.device_note_where_expected() {
        listener.remark(&format!("  {note}"));
    }
    encoder.description().notes.iter().for_each(|note| listener.remark(&format!("  {note}")));
    if !encoder.description().unknown_fields.is_empty() {
        let fields = encoder.description().unknown_fields.join(", ");
        listener.remark(&format!("  fields of the configuration that nothing is known about, passed over: {fields}"));
    }
    if !encoder.extras().is_empty() {
        listener.remark(&format!("  tensors known and not needed: {}", encoder.extras().join(", ")));
    }
}

/// Says what becomes of products where a model was trained pair by pair, or is asked for what it was not trained for.
fn say_scores(scores: ScoreKind, encoder: &Encoder, listener: &dyn Listener) {
    match (scores, encoder.logit_bias()) {
        (ScoreKind::Softmax, None) => {}
        (ScoreKind::Softmax, Some(_)) => listener.remark(
            "scores: softmax over the candidates; the model was trained pair by pair, --scores sigmoid gives each pair its own",
        ),
        (ScoreKind::Sigmoid, Some(bias)) => listener.remark(&format!(
            "scores: sigmoid of each pair (bias {bias:.4}); they are no distribution, and a taxon above has that of its best \
             candidate"
        )),
        (ScoreKind::Sigmoid, None) => listener.warn(
            "--scores sigmoid: the model has no logit_bias and was not trained pair by pair; its sigmoids are near 1 for \
             anything",
        ),
    }
}
