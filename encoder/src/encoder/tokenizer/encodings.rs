//! The single-byte encodings that text is most often misread in.

/// A byte that could not be read, where an encoding keeps a place for it.
const SUBSTITUTE: u8 = 0x1a;

/// A single-byte encoding whose lower half is ASCII.
pub struct Encoding {
    /// The letters of the bytes 0x80 to 0xFF; an undefined byte stands for itself.
    high: &'static str,
    /// Whether the replacement character stands for the byte 0x1A, and lost bytes are made up for.
    pub lossy: bool,
    /// Whether a space may stand where a no-break space was.
    pub restores: bool,
}

/// In the order in which they are tried.
pub const ENCODINGS: [Encoding; 10] = [
    // latin-1
    Encoding {
        high: "\u{80}\u{81}\u{82}\u{83}\u{84}\u{85}\u{86}\u{87}\u{88}\u{89}\u{8a}\u{8b}\u{8c}\u{8d}\u{8e}\u{8f}\u{90}\u{91}\u{92}\u{93}\u{94}\u{95}\u{96}\u{97}\u{98}\u{99}\u{9a}\u{9b}\u{9c}\u{9d}\u{9e}\u{9f}\u{a0}¡¢£¤¥¦§¨©ª«¬\u{ad}®¯°±²³´µ¶·¸¹º»¼½¾¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ",
        lossy: false,
        restores: true,
    },
    // windows-1252
    Encoding {
        high: "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ\u{a0}¡¢£¤¥¦§¨©ª«¬\u{ad}®¯°±²³´µ¶·¸¹º»¼½¾¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ",
        lossy: true,
        restores: true,
    },
    // windows-1251
    Encoding {
        high: "ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\u{98}™љ›њќћџ\u{a0}ЎўЈ¤Ґ¦§Ё©Є«¬\u{ad}®Ї°±Ііґµ¶·ё№є»јЅѕїАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя",
        lossy: true,
        restores: true,
    },
    // windows-1250
    Encoding {
        high: "€\u{81}‚\u{83}„…†‡\u{88}‰Š‹ŚŤŽŹ\u{90}‘’“”•–—\u{98}™š›śťžź\u{a0}ˇ˘Ł¤Ą¦§¨©Ş«¬\u{ad}®Ż°±˛ł´µ¶·¸ąş»Ľ˝ľżŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢßŕáâăäĺćçčéęëěíîďđńňóôőö÷řůúűüýţ˙",
        lossy: true,
        restores: true,
    },
    // windows-1253
    Encoding {
        high: "€\u{81}‚ƒ„…†‡\u{88}‰\u{8a}‹\u{8c}\u{8d}\u{8e}\u{8f}\u{90}‘’“”•–—\u{98}™\u{9a}›\u{9c}\u{9d}\u{9e}\u{9f}\u{a0}΅Ά£¤¥¦§¨©ª«¬\u{ad}®―°±²³΄µ¶·ΈΉΊ»Ό½ΎΏΐΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡÒΣΤΥΦΧΨΩΪΫάέήίΰαβγδεζηθικλμνξοπρςστυφχψωϊϋόύώÿ",
        lossy: true,
        restores: true,
    },
    // windows-1254
    Encoding {
        high: "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}\u{8e}\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}\u{9e}Ÿ\u{a0}¡¢£¤¥¦§¨©ª«¬\u{ad}®¯°±²³´µ¶·¸¹º»¼½¾¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏĞÑÒÓÔÕÖ×ØÙÚÛÜİŞßàáâãäåæçèéêëìíîïğñòóôõö÷øùúûüışÿ",
        lossy: true,
        restores: true,
    },
    // windows-1257
    Encoding {
        high: "€\u{81}‚\u{83}„…†‡\u{88}‰\u{8a}‹\u{8c}¨ˇ¸\u{90}‘’“”•–—\u{98}™\u{9a}›\u{9c}¯˛\u{9f}\u{a0}¡¢£¤¥¦§Ø©Ŗ«¬\u{ad}®Æ°±²³´µ¶·ø¹ŗ»¼½¾æĄĮĀĆÄÅĘĒČÉŹĖĢĶĪĻŠŃŅÓŌÕÖ×ŲŁŚŪÜŻŽßąįāćäåęēčéźėģķīļšńņóōõö÷ųłśūüżž˙",
        lossy: true,
        restores: true,
    },
    // iso-8859-2
    Encoding {
        high: "\u{80}\u{81}\u{82}\u{83}\u{84}\u{85}\u{86}\u{87}\u{88}\u{89}\u{8a}\u{8b}\u{8c}\u{8d}\u{8e}\u{8f}\u{90}\u{91}\u{92}\u{93}\u{94}\u{95}\u{96}\u{97}\u{98}\u{99}\u{9a}\u{9b}\u{9c}\u{9d}\u{9e}\u{9f}\u{a0}Ą˘Ł¤ĽŚ§¨ŠŞŤŹ\u{ad}ŽŻ°ą˛ł´ľśˇ¸šşťź˝žżŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢßŕáâăäĺćçčéęëěíîďđńňóôőö÷řůúűüýţ˙",
        lossy: false,
        restores: true,
    },
    // macroman
    Encoding {
        high: "ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø¿¡¬√ƒ≈∆«»…\u{a0}ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\u{f8ff}ÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ",
        lossy: false,
        restores: false,
    },
    // cp437
    Encoding {
        high: "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}",
        lossy: false,
        restores: true,
    },
];

/// Place of windows-1252 in [`ENCODINGS`].
const WINDOWS_1252: usize = 1;

impl Encoding {
    /// The bytes that read as `text`; `None` if a letter has none.
    #[must_use]
    pub fn encode(&self, text: &str) -> Option<Vec<u8>> {
        text.chars().map(|letter| self.byte(letter)).collect()
    }

    fn byte(&self, letter: char) -> Option<u8> {
        match letter {
            '\u{1a}' if self.lossy => None,
            '\u{0}'..='\u{7f}' => u8::try_from(letter).ok(),
            '\u{fffd}' if self.lossy => Some(SUBSTITUTE),
            _ => (0x80..=0xff_u8).zip(self.high.chars()).find(|&(_, high)| high == letter).map(|(byte, _)| byte),
        }
    }
}

/// The letter of a byte in windows-1252; a byte it leaves undefined stands for itself.
#[must_use]
pub fn windows_1252(byte: u8) -> char {
    let high = byte.checked_sub(0x80).and_then(|place| ENCODINGS[WINDOWS_1252].high.chars().nth(usize::from(place)));
    high.unwrap_or(char::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_upper_half_is_whole() {
        assert!(ENCODINGS.iter().all(|encoding| encoding.high.chars().count() == 128));
    }

    #[test]
    fn letters_have_the_bytes_of_their_encoding() {
        assert_eq!(ENCODINGS[0].encode("é×"), Some(vec![0xe9, 0xd7]));
        assert_eq!(ENCODINGS[0].encode("€"), None, "latin-1 has no euro");
        assert_eq!(ENCODINGS[1].encode("€\u{fffd}"), Some(vec![0x80, 0x1a]));
        assert_eq!(ENCODINGS[8].encode("é×"), None, "MacRoman has no multiplication sign");
        assert_eq!(ENCODINGS[9].encode("Çà"), Some(vec![0x80, 0x85]));
        assert_eq!((windows_1252(0x92), windows_1252(0x81), windows_1252(b'a')), ('’', '\u{81}', 'a'));
    }
}
