# Runs the blocks of docs/from-r.md as a reader would, in their order, in one session and one folder; then the checks of
# checks.R on what they left. A section is skipped, aloud, where R lacks one of its packages or nearmiss one of its parts.
#
# Rscript tests/r/page.R DOCS SCRATCH

arguments <- commandArgs(trailingOnly = TRUE)
docs <- normalizePath(arguments[1])
checks <- normalizePath(file.path(docs, "..", "tests", "r", "checks.R"))
setwd(arguments[2])

# The blocks of a page: the section, the tag, the lines, and the file that a block shows ("Into `nearmiss.R`:" above it).
blocks_of <- function(page) {
  blocks <- list()
  section <- before <- ""
  open <- NULL
  for (line in readLines(page, encoding = "UTF-8")) {
    if (!is.null(open) && line == "```") {
      blocks[[length(blocks) + 1]] <- open
      open <- NULL
      before <- line
    } else if (!is.null(open)) {
      open$lines <- c(open$lines, line)
    } else if (startsWith(line, "```")) {
      file <- regmatches(before, regexec("`([^`]+\\.[^`]+)`:$", before))[[1]]
      open <- list(section = section, tag = substring(line, 4), lines = character(), file = file[2])
    } else if (startsWith(line, "## ")) {
      section <- substring(line, 4)
    } else if (nzchar(line)) {
      before <- line
    }
  }
  blocks
}

# The packages that code asks for.
packages_of <- function(lines) {
  text <- paste(lines, collapse = "\n")
  found <- unlist(regmatches(text, gregexpr("library\\([A-Za-z0-9.]+\\)|[A-Za-z0-9.]+::", text)))
  unique(gsub("library\\(|\\)|::", "", found))
}

# Runs the commands of a block; FALSE where nearmiss says that a part of it is missing.
run_commands <- function(lines) {
  for (command in lines) {
    said <- suppressWarnings(system2("sh", c("-c", shQuote(command)), stdout = TRUE, stderr = TRUE))
    code <- attr(said, "status")
    if (is.null(code)) next
    if (any(grepl("nearmiss-encoder|LibTorch is missing", said))) return(FALSE)
    stop(command, " ended with exit code ", code, "\n", paste(said, collapse = "\n"))
  }
  TRUE
}

blocks <- blocks_of(file.path(docs, "from-r.md"))
for (block in blocks_of(file.path(docs, "score-a-table.md"))) {
  if (identical(block$file, "predictions.csv")) writeLines(block$lines, "predictions.csv")
}
reader <- new.env(parent = globalenv())
skipped <- ran <- character()
skip <- function(section, why) {
  cat("skipped: '", section, "' of docs/from-r.md: ", why, "\n", sep = "")
  skipped <<- c(skipped, section)
}

for (section in unique(vapply(blocks, function(block) block$section, ""))) {
  own <- Filter(function(block) block$section == section, blocks)
  code <- unlist(lapply(own, function(block) if (block$tag == "r") block$lines))
  missing <- Filter(function(package) !requireNamespace(package, quietly = TRUE), packages_of(code))
  if (length(missing) > 0) {
    skip(section, paste("R has no package", paste(missing, collapse = ", ")))
    next
  }
  for (block in own) {
    if (section %in% skipped) break
    if (!is.na(block$file)) {
      writeLines(block$lines, block$file)
    } else if (block$tag == "sh") {
      if (!run_commands(block$lines)) skip(section, "nearmiss-encoder is not there")
    } else if (block$tag == "r") {
      cat("run: '", section, "': ", block$lines[1], "\n", sep = "")
      expressions <- parse(text = block$lines, encoding = "UTF-8")
      for (expression in expressions) {
        shown <- withVisible(eval(expression, reader))
        if (shown$visible) print(shown$value)
      }
    }
  }
  if (!section %in% skipped) ran <- c(ran, section)
}

ran <- setdiff(ran, "")
unchecked <- setdiff(ran, local({
  source(checks, local = TRUE)
  for (section in intersect(ran, names(checks_of))) checks_of[[section]](reader)
  names(checks_of)
}))
if (length(unchecked) > 0) stop("tests/r/checks.R has no check of: ", paste(unchecked, collapse = ", "))
cat("r:", length(ran), "passed, 0 failed,", length(skipped), "skipped\n")
