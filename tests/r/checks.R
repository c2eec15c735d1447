# What must hold of the objects and files that the blocks of docs/from-r.md leave, section by section. Expected numbers are
# computed here from the table of predictions itself.

expected <- function(column) {
  table <- read.csv("predictions.csv", na.strings = "")
  mean(!is.na(table[[column]]) & table[[column]] == table$truth)
}

checks_of <- list(
  "Read a report" = function(reader) {
    species <- reader$ranks[reader$ranks$rank == "species", ]
    stopifnot(
      nrow(reader$ranks) == 14,
      identical(species$run, c("svm", "mlp")),
      all.equal(species$path_top1, c(expected("svm"), expected("mlp"))),
      all(species$path_top1_low < species$path_top1 & species$path_top1 < species$path_top1_high),
      # What the page says of columns that are empty throughout.
      is.logical(reader$ranks$ece),
      all(is.na(reader$ranks$ece)),
      nrow(reader$mistakes) == sum(sapply(reader$metrics$runs, function(run) run$how_wrong$mistakes)),
      is.null(reader$metrics$runs[[1]]$ranks[[7]]$ece)
    )
  },
  "Plot accuracy per rank" = function(reader) {
    drawn <- ggplot2::ggplot_build(reader$accuracy)$data
    stopifnot(
      # The ticks of chance and the points with their intervals, one for each rank of each run, none left out.
      length(drawn) == 2,
      nrow(drawn[[1]]) == 14,
      nrow(drawn[[2]]) == 14,
      !anyNA(drawn[[1]]$ymin),
      !anyNA(drawn[[2]][c("y", "ymin", "ymax")]),
      identical(levels(reader$ranks$rank), c("kingdom", "phylum", "class", "order", "family", "genus", "species")),
      file.size("accuracy.png") > 10000
    )
  },
  "Read photographs and answers" = function(reader) {
    ranks <- read.csv("reports/atlas/ranks.csv")
    stopifnot(
      all.equal(mean(reader$best$taxon == reader$best$truth), ranks$path_top1[ranks$rank == "species"]),
      nrow(reader$vectors) == sum(reader$images$status == "ok"),
      all.equal(rowSums(reader$vectors^2), rep(1, nrow(reader$vectors)), tolerance = 1e-5)
    )
  },
  "Call the program" = function(reader) {
    stopifnot(
      all(file.exists(reader$files)),
      all.equal(tail(read.csv(reader$files[1])$path_top1, 1), expected("svm")),
      # NA is no answer: of three images one is right, one stays in its genus, one meets its truth at the root.
      identical(sort(read.csv("reports/answers-of-r/mistakes.csv")$height), c(1L, 7L)),
      # Exit code 2 is an error of R.
      inherits(suppressWarnings(try(reader$run_nearmiss("report", "not-there.csv"), silent = TRUE)), "try-error")
    )
  },
  "A step of a pipeline" = function(reader) {
    again <- function() {
      targets::tar_make(reporter = "silent")
      progress <- targets::tar_progress()
      setNames(progress$progress, progress$name)[c("predictions", "report", "ranks")]
    }
    stopifnot(all.equal(tail(targets::tar_read(ranks)$path_top1, 1), expected("svm")), all(again() == "skipped"))
    cat("9.jpg,Lusignan,Vanessa cardui,Vanessa cardui,Vanessa cardui\n", file = "predictions.csv", append = TRUE)
    stopifnot(all(again() == "completed"), all.equal(tail(targets::tar_read(ranks)$path_top1, 1), expected("svm")))
  }
)
