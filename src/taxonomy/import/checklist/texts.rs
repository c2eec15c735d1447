//! Millions of texts in one buffer.

/// The most text that is kept, in bytes.
const MOST_TEXT: usize = 2 << 30;

/// Part of the buffer of texts.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Span {
    start: u32,
    length: u32,
}

/// Texts, one behind the other.
#[derive(Debug, Default)]
pub(super) struct Texts {
    buffer: String,
    /// Whether there was more text than is kept.
    is_full: bool,
}

impl Texts {
    /// Keeps a text; the empty one once there is more than is kept.
    pub(super) fn keep(&mut self, text: &str) -> Span {
        let (Ok(start), Ok(length)) = (u32::try_from(self.buffer.len()), u32::try_from(text.len())) else {
            self.is_full = true;
            return Span::default();
        };
        // More than any checklist has: nothing is cut, the import ends with an error.
        self.is_full |= self.buffer.len() + text.len() > MOST_TEXT;
        if self.is_full {
            return Span::default();
        }
        self.buffer.push_str(text);
        Span { start, length }
    }

    /// The text of a part.
    pub(super) fn get(&self, span: Span) -> &str {
        let start = span.start as usize;
        &self.buffer[start..start + span.length as usize]
    }

    /// Whether no more text can be kept.
    pub(super) fn is_full(&self) -> bool {
        self.is_full
    }
}
