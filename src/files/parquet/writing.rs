//! Parquet files that pandas, R and Spark read as they are.

use polars::io::parquet::write::KeyValueMetadata;
use polars::prelude::{CompatLevel, ParquetWriter, Schema, SchemaExt};
use polars_parquet::write::schema_to_metadata_key;
use std::io::Write;

/// A writer of tables that have these columns.
///
/// polars keeps a schema for Arrow in the file, and calls text a `string_view` in it, by which pyarrow neither filters nor
/// joins; here text is a `large_string`. Lists of a fixed length stay such lists.
pub fn writer<W: Write>(target: W, columns: &Schema) -> ParquetWriter<W> {
    let schema = schema_to_metadata_key(&columns.to_arrow(CompatLevel::oldest()));
    ParquetWriter::new(target).with_key_value_metadata(Some(KeyValueMetadata::Static(vec![schema])))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use polars::prelude::*;

    /// What Arrow calls the types of columns, by the numbers in its schemas.
    const FIXED_SIZE_LIST: u8 = 16;
    const LARGE_STRING: u8 = 20;
    const STRING_VIEW: u8 = 24;

    /// A flat buffer: tables whose fields lie where the table of their places says.
    struct Buffer(Vec<u8>);

    impl Buffer {
        fn number(&self, at: usize) -> usize {
            u32::from_le_bytes(self.0[at..at + 4].try_into().unwrap()) as usize
        }

        fn follow(&self, at: usize) -> usize {
            at + self.number(at)
        }

        fn field(&self, table: usize, field: usize) -> usize {
            // The places may stand before the table or behind it.
            let back = i32::from_le_bytes(self.0[table..table + 4].try_into().unwrap());
            let places = i32::try_from(table).unwrap() - back;
            let at = usize::try_from(places).unwrap() + 4 + 2 * field;
            table + usize::from(u16::from_le_bytes(self.0[at..at + 2].try_into().unwrap()))
        }

        /// The types of the columns of a message that holds a schema.
        fn types(&self) -> Vec<u8> {
            let schema = self.follow(self.field(self.follow(0), 2));
            let fields = self.follow(self.field(schema, 1));
            let columns = 0..self.number(fields);
            columns.map(|column| self.0[self.field(self.follow(fields + 4 + 4 * column), 2)]).collect()
        }
    }

    fn from_base64(text: &str) -> Vec<u8> {
        const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let (mut bits, mut count, mut bytes) = (0_u32, 0, vec![]);
        for letter in text.bytes().filter(|letter| *letter != b'=') {
            let value = LETTERS.iter().position(|known| *known == letter).unwrap();
            bits = bits << 6 | u32::try_from(value).unwrap();
            count += 6;
            if count >= 8 {
                count -= 8;
                bytes.push((bits >> count & 0xff).try_into().unwrap());
                bits &= (1 << count) - 1;
            }
        }
        bytes
    }

    fn types(bytes: &[u8]) -> Vec<u8> {
        use crate::files::parquet::Parquet;
        let kept = Parquet::new(std::io::Cursor::new(bytes.to_vec())).unwrap().values_of("ARROW:schema");
        // A mark and the length of the message come before it.
        Buffer(from_base64(&kept[0])[8..].to_vec()).types()
    }

    #[test]
    fn text_is_large_strings_and_vectors_stay_lists_of_one_length() {
        let names = Column::new("name".into(), ["Parus major", "Pica pica"]);
        let lists =
            Column::new("embedding".into(), [Series::new("".into(), [1.0_f32, 2.0]), Series::new("".into(), [3.0_f32, 4.0])]);
        let vectors = lists.cast(&DataType::Array(Box::new(DataType::Float32), 2)).unwrap();
        let mut table = DataFrame::new_infer_height(vec![names, vectors]).unwrap();
        let (mut ours, mut theirs) = (vec![], vec![]);
        writer(&mut ours, table.schema()).finish(&mut table).unwrap();
        ParquetWriter::new(&mut theirs).finish(&mut table).unwrap();
        assert_eq!(types(&ours), [LARGE_STRING, FIXED_SIZE_LIST]);
        assert_eq!(types(&theirs)[0], STRING_VIEW, "polars writes what can be read everywhere: this module can go");
        let again = ParquetReader::new(std::io::Cursor::new(ours)).finish().unwrap();
        assert!(again.equals(&table));
    }
}
