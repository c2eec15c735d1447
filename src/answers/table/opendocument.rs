//! Spreadsheets of OpenDocument (`.ods`): whether the cells that they repeat have room.
//!
//! A cell and a row can say that they are there a million times, and their reader writes them all out.

use memchr::{memchr, memmem};

/// So many cells may the corners of a sheet span.
const CELLS: u64 = 1 << 25;

/// Says in a few words what is wrong with the contents of a spreadsheet.
pub(super) fn check(content: &[u8]) -> Result<(), &'static str> {
    if memchr(0, content).is_some() {
        return Err("its contents are not UTF-8 text");
    }
    let mut sheet = Extent::default();
    let mut rest = content;
    while let Some(start) = memchr(b'<', rest) {
        rest = &rest[start + 1..];
        let tag = &rest[..memchr(b'>', rest).unwrap_or(rest.len())];
        sheet.take(tag);
        if sheet.height.saturating_mul(sheet.width) > CELLS {
            return Err("its cells lie too far apart");
        }
    }
    Ok(())
}

/// How far a sheet reaches, as far as it is read.
#[derive(Default)]
struct Extent {
    rows: u64,
    height: u64,
    width: u64,
    /// The row that is being read: how often it is there, its cells, and the empty ones since the last with anything.
    repeats: u64,
    cells: u64,
    empty: u64,
}

impl Extent {
    fn take(&mut self, tag: &[u8]) {
        let name = tag.split(|byte| byte.is_ascii_whitespace() || *byte == b'/').find(|part| !part.is_empty());
        let is_end = tag.starts_with(b"/");
        match name.unwrap_or_default() {
            b"table:table" => *self = Extent::default(),
            b"table:table-row" => {
                if !is_end {
                    self.repeats = repeats(tag, b"table:number-rows-repeated=\"");
                    (self.cells, self.empty) = (0, 0);
                }
                if is_end || tag.ends_with(b"/") {
                    self.rows = self.rows.saturating_add(self.repeats);
                    if self.cells > 0 {
                        (self.height, self.width) = (self.rows, self.width.max(self.cells));
                    }
                }
            }
            b"table:table-cell" | b"table:covered-table-cell" if !is_end => {
                let repeats = repeats(tag, b"table:number-columns-repeated=\"");
                let holds = [&b"office:"[..], b"calcext:value", b"table:formula"];
                if holds.iter().any(|word| memmem::find(tag, word).is_some()) {
                    self.cells = self.cells.saturating_add(self.empty).saturating_add(repeats);
                    self.empty = 0;
                } else {
                    self.empty = self.empty.saturating_add(repeats);
                }
            }
            _ => {}
        }
    }
}

/// How often a thing is there.
fn repeats(tag: &[u8], attribute: &[u8]) -> u64 {
    let Some(start) = memmem::find(tag, attribute) else { return 1 };
    let digits = tag[start + attribute.len()..].iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |number: u64, digit| number.saturating_mul(10).saturating_add(u64::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_empty_may_reach_to_the_end_of_the_sheet() {
        let cell = "<table:table-cell office:value-type=\"string\"><text:p>a</text:p></table:table-cell>";
        let end = "<table:table-cell table:number-columns-repeated=\"16383\"/>";
        let rows = format!("<table:table-row>{cell}{end}</table:table-row>").repeat(5000);
        let last = format!("<table:table-row table:number-rows-repeated=\"1043576\">{end}</table:table-row>");
        assert_eq!(check(format!("<table:table table:name=\"a\">{rows}{last}</table:table>").as_bytes()), Ok(()));
        let wide = cell.replace("office:", "table:number-columns-repeated=\"16384\" office:");
        let rows = format!("<table:table-row>{wide}</table:table-row>").repeat(5000);
        assert!(check(format!("<table:table>{rows}</table:table>").as_bytes()).is_err());
        let tall = format!("<table:table-row table:number-rows-repeated=\"999999999\">{cell}</table:table-row>");
        assert!(check(format!("<table:table>{tall}</table:table>").as_bytes()).is_err());
    }
}
