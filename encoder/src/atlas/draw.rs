//! Pictures of organisms: pose, light, ground and blur vary, traits do not.

use super::individual::Individual;
use super::traits::{Pattern, Plan, Traits};
use image::RgbImage;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use std::f64::consts::{PI, TAU};
use tiny_skia::{Color, FillRule, Paint, Path, PathBuilder, Pixmap, Stroke, Transform};

/// Side of a picture, in pixels.
pub const SIDE: u32 = 96;

/// Takes a picture of an individual.
#[must_use]
pub fn picture(traits: &Traits, individual: &Individual, random: &mut ChaCha8Rng) -> Option<RgbImage> {
    let mut sheet = Sheet { pixmap: Pixmap::new(SIDE, SIDE)?, transform: Transform::identity() };
    ground(&mut sheet, random);
    let scale = 34.0 * random.random_range(0.78..1.08);
    let turn = match traits.plan {
        Plan::Beetle => random.random_range(-60.0..60.0),
        Plan::Fish => random.random_range(-25.0..25.0),
        Plan::Flower | Plan::Mushroom => random.random_range(-18.0..18.0),
    };
    let flip = if random.random::<bool>() { 1.0 } else { -1.0 };
    let middle = f64::from(SIDE) / 2.0;
    let mut place = || single(middle + random.random_range(-7.0..7.0));
    let (x, y) = (place(), place());
    sheet.transform = Transform::from_translate(x, y).pre_rotate(single(turn)).pre_scale(single(flip * scale), single(scale));
    let light = random.random_range(0.75..1.15);
    let look = Look { traits: *traits, individual: *individual };
    match traits.plan {
        Plan::Flower => flower(&mut sheet, &look),
        Plan::Mushroom => mushroom(&mut sheet, &look),
        Plan::Beetle => beetle(&mut sheet, &look),
        Plan::Fish => fish(&mut sheet, &look),
    }
    let mut picture = RgbImage::from_fn(SIDE, SIDE, |x, y| {
        let pixel = sheet.pixmap.pixel(x, y).map_or([0; 3], |pixel| [pixel.red(), pixel.green(), pixel.blue()]);
        image::Rgb(pixel)
    });
    if random.random::<f64>() < 0.4 {
        picture = image::imageops::blur(&picture, single(random.random_range(0.4..1.0)));
    }
    let grain = random.random_range(2.0..9.0);
    for value in picture.iter_mut() {
        *value = byte(f64::from(*value) * light + random.random_range(-grain..grain));
    }
    Some(picture)
}

struct Sheet {
    pixmap: Pixmap,
    transform: Transform,
}

/// A species' traits as this individual has them.
struct Look {
    traits: Traits,
    individual: Individual,
}

impl Look {
    fn main(&self, lighter: f64) -> Color {
        let lightness = 0.30 + 0.35 * self.traits.lightness + self.individual.lightness + lighter;
        color(self.traits.hue + self.individual.hue, 0.75, lightness)
    }

    fn second(&self) -> Color {
        color(self.traits.second_hue + self.individual.hue, 0.8, 0.72 - 0.45 * self.traits.lightness)
    }

    fn appendage(&self) -> f64 {
        (self.traits.appendage * (1.0 + self.individual.length)).clamp(0.0, 1.2)
    }
}

impl Sheet {
    fn fill(&mut self, path: Option<Path>, color: Color) {
        let Some(path) = path else { return };
        let mut paint = Paint::default();
        paint.set_color(color);
        paint.anti_alias = true;
        self.pixmap.fill_path(&path, &paint, FillRule::Winding, self.transform, None);
    }

    fn line(&mut self, points: &[(f64, f64)], width: f64, color: Color) {
        let mut path = PathBuilder::new();
        for (index, &(x, y)) in points.iter().enumerate() {
            if index == 0 { path.move_to(single(x), single(y)) } else { path.line_to(single(x), single(y)) }
        }
        self.stroke(path.finish(), width, color);
    }

    fn stroke(&mut self, path: Option<Path>, width: f64, color: Color) {
        let Some(path) = path else { return };
        let mut paint = Paint::default();
        paint.set_color(color);
        paint.anti_alias = true;
        let stroke = Stroke { width: single(width), ..Stroke::default() };
        self.pixmap.stroke_path(&path, &paint, &stroke, self.transform, None);
    }
}

/// An ellipse by centre, radii and turn in radians.
fn ellipse((x, y): (f64, f64), (rx, ry): (f64, f64), turn: f64) -> Option<Path> {
    let points = (0..28).map(|step| {
        let angle = TAU * f64::from(step) / 28.0;
        let (along, across) = (rx * angle.cos(), ry * angle.sin());
        (x + along * turn.cos() - across * turn.sin(), y + along * turn.sin() + across * turn.cos())
    });
    polygon(&points.collect::<Vec<_>>())
}

fn polygon(points: &[(f64, f64)]) -> Option<Path> {
    let mut path = PathBuilder::new();
    for (index, &(x, y)) in points.iter().enumerate() {
        if index == 0 { path.move_to(single(x), single(y)) } else { path.line_to(single(x), single(y)) }
    }
    path.close();
    path.finish()
}

/// Draws the pattern inside an upright ellipse; `upper` keeps to its upper half.
fn pattern(sheet: &mut Sheet, look: &Look, (x, y): (f64, f64), (rx, ry): (f64, f64), upper: bool) {
    let number = 2.0 + (5.0 * look.traits.density).round();
    let bottom = if upper { 0.0 } else { 1.0 };
    match look.traits.pattern {
        Pattern::Plain => {}
        Pattern::Stripes => {
            let step = (1.0 + bottom) / number;
            let mut at = -1.0 + step / 2.0;
            while at < bottom {
                let width = rx * (1.0 - at * at).max(0.0).sqrt() * 0.96;
                let half = 0.22 * step * ry;
                let corners = [(x - width, y + at * ry - half), (x + width, y + at * ry - half), (x + width, y + at * ry + half)];
                let last = (x - width, y + at * ry + half);
                sheet.fill(polygon(&[corners[0], corners[1], corners[2], last]), look.second());
                at += step;
            }
        }
        Pattern::Spots => {
            let step = 2.0 / number;
            let size = 0.3 * step * rx.min(ry);
            let mut row = -1.0 + step / 2.0;
            while row < bottom {
                let mut column = -1.0 + step / 2.0;
                while column < 1.0 {
                    if row * row + column * column < 0.8 {
                        sheet.fill(ellipse((x + column * rx, y + row * ry), (size, size), 0.0), look.second());
                    }
                    column += step;
                }
                row += step;
            }
        }
        Pattern::Rings => {
            let mut part = 1.0 - 0.7 / number;
            while part > 0.12 {
                if upper {
                    sheet.stroke(dome((x, y), (rx * part, ry * part)), 0.25 * rx / number, look.second());
                } else {
                    sheet.stroke(ellipse((x, y), (rx * part, ry * part), 0.0), 0.25 * rx / number, look.second());
                }
                part -= 1.0 / number;
            }
        }
    }
}

/// The upper half of an ellipse.
fn dome((x, y): (f64, f64), (rx, ry): (f64, f64)) -> Option<Path> {
    let points = (0..=20).map(|step| {
        let angle = PI * f64::from(step) / 20.0;
        (x - rx * angle.cos(), y - ry * angle.sin())
    });
    polygon(&points.collect::<Vec<_>>())
}

fn flower(sheet: &mut Sheet, look: &Look) {
    let green = color(0.30, 0.5, 0.3);
    sheet.line(&[(0.0, 0.0), (0.05, 0.7), (0.0, 1.35)], 0.09, green);
    sheet.fill(ellipse((0.22, 0.95), (0.22, 0.08), -0.5), green);
    let petals = 3.0 + (6.0 * look.traits.count).round();
    let length = 0.35 + 0.4 * look.appendage();
    let width = length * (0.85 - 0.6 * look.traits.elongation).max(0.18);
    let disc = 0.12 + 0.2 * look.traits.centre;
    let mut petal = 0.0;
    while petal < petals {
        let angle = TAU * petal / petals - PI / 2.0;
        let at = |distance: f64| (distance * angle.cos(), distance * angle.sin());
        sheet.fill(ellipse(at(disc * 0.6 + length * 0.6), (length * 0.6, width * 0.6), angle), look.main(0.0));
        petal += 1.0;
    }
    petal = 0.0;
    while petal < petals {
        let angle = TAU * petal / petals - PI / 2.0;
        let at = |distance: f64| (distance * angle.cos(), distance * angle.sin());
        match look.traits.pattern {
            Pattern::Plain => {}
            Pattern::Stripes => {
                sheet.line(&[at(disc), at(disc + length * 0.95)], 0.03 + 0.06 * look.traits.density, look.second());
            }
            Pattern::Spots => {
                let number = 1.0 + (2.0 * look.traits.density).round();
                let mut spot = 0.0;
                while spot < number {
                    let place = at(disc + length * (spot + 0.5) / number);
                    sheet.fill(ellipse(place, (0.07, 0.07), 0.0), look.second());
                    spot += 1.0;
                }
            }
            Pattern::Rings => {
                let tip = length * (0.25 + 0.3 * look.traits.density);
                sheet.fill(ellipse(at(disc * 0.6 + length * 0.95), (tip * 0.5, width * 0.4), angle), look.second());
            }
        }
        petal += 1.0;
    }
    sheet.fill(ellipse((0.0, 0.0), (disc, disc), 0.0), look.second());
}

fn mushroom(sheet: &mut Sheet, look: &Look) {
    let stem = 0.12 + 0.2 * look.traits.centre;
    let height = 0.5 + 0.5 * look.appendage();
    let (rx, ry) = (1.0 - 0.4 * look.traits.elongation, 0.35 + 0.65 * look.traits.elongation);
    let pale = color(look.traits.second_hue, 0.25, 0.8);
    sheet.fill(polygon(&[(-stem, 0.0), (stem, 0.0), (stem * 1.2, height), (-stem * 1.2, height)]), pale);
    let gills = 2.0 + (6.0 * look.traits.count).round();
    let mut gill = 1.0;
    while gill < gills {
        let x = rx * (2.0 * gill / gills - 1.0);
        sheet.line(&[(x, 0.0), (x * 0.8, 0.14)], 0.05, pale);
        gill += 1.0;
    }
    sheet.fill(dome((0.0, 0.05), (rx, ry)), look.main(0.0));
    pattern(sheet, look, (0.0, 0.03), (rx * 0.94, ry * 0.94), true);
}

fn beetle(sheet: &mut Sheet, look: &Look) {
    let dark = color(look.traits.second_hue, 0.5, 0.18);
    let (rx, ry) = (0.62 - 0.32 * look.traits.elongation, 0.72);
    let reach = 0.25 + 0.55 * look.appendage();
    for (start, end) in [(-0.35, -0.75), (0.0, 0.05), (0.35, 0.8)] {
        for side in [-1.0, 1.0] {
            let knee = (side * (rx + reach * 0.6), f64::midpoint(start, end));
            sheet.line(&[(0.0, start), knee, (side * (rx + reach), end)], 0.07, dark);
        }
    }
    let head = 0.14 + 0.18 * look.traits.centre;
    let joints = 2.0 + (4.0 * look.traits.count).round();
    for side in [-1.0, 1.0] {
        let tip = (side * 0.45, -ry - head - 0.12 * joints);
        sheet.line(&[(side * head * 0.5, -ry - head), (side * 0.35, -ry - head - 0.05 * joints), tip], 0.05, dark);
    }
    sheet.fill(ellipse((0.0, -ry - head * 0.4), (head, head), 0.0), look.main(-0.12));
    sheet.fill(ellipse((0.0, 0.0), (rx, ry), 0.0), look.main(0.0));
    pattern(sheet, look, (0.0, 0.0), (rx * 0.92, ry * 0.92), false);
    sheet.line(&[(0.0, -ry * 0.9), (0.0, ry * 0.95)], 0.035, dark);
}

fn fish(sheet: &mut Sheet, look: &Look) {
    let (rx, ry) = (0.78, 0.5 - 0.3 * look.traits.elongation);
    let fin = 0.15 + 0.4 * look.appendage();
    sheet.fill(
        polygon(&[(rx * 0.8, 0.0), (rx + 0.42, -0.3 - fin * 0.4), (rx + 0.3, 0.0), (rx + 0.42, 0.3 + fin * 0.4)]),
        look.second(),
    );
    sheet.fill(polygon(&[(-0.25, -ry * 0.8), (0.1, -ry - fin), (0.45, -ry * 0.6)]), look.second());
    let rays = 1.0 + (3.0 * look.traits.count).round();
    let mut ray = 0.0;
    while ray < rays {
        let x = -0.2 + 0.18 * ray;
        sheet.fill(polygon(&[(x, ry * 0.7), (x + 0.08, ry + fin * 0.6), (x + 0.16, ry * 0.7)]), look.second());
        ray += 1.0;
    }
    sheet.fill(ellipse((0.0, 0.0), (rx, ry), 0.0), look.main(0.0));
    pattern(sheet, look, (0.08, 0.0), (rx * 0.82, ry * 0.9), false);
    let eye = 0.07 + 0.09 * look.traits.centre;
    sheet.fill(ellipse((-rx * 0.68, -ry * 0.15), (eye, eye), 0.0), color(0.0, 0.0, 0.95));
    sheet.fill(ellipse((-rx * 0.68, -ry * 0.15), (eye * 0.5, eye * 0.5), 0.0), color(0.0, 0.0, 0.05));
}

/// Sky, soil, leaves or water, out of focus.
fn ground(sheet: &mut Sheet, random: &mut ChaCha8Rng) {
    let hue = [0.08, 0.25, 0.33, 0.55, 0.62][random.random_range(0..5)] + random.random_range(-0.03..0.03);
    let lightness = random.random_range(0.3..0.8);
    sheet.pixmap.fill(color(hue, 0.25, lightness));
    let side = f64::from(SIDE);
    for _ in 0..random.random_range(5..12) {
        let at = (random.random_range(0.0..side), random.random_range(0.0..side));
        let radii = (random.random_range(6.0..34.0), random.random_range(6.0..34.0));
        let shade = (lightness + random.random_range(-0.12..0.12_f64)).clamp(0.1, 0.9);
        sheet.fill(ellipse(at, radii, random.random_range(0.0..PI)), color(hue + random.random_range(-0.04..0.04), 0.3, shade));
    }
}

/// A colour by hue in turns, saturation and lightness.
fn color(hue: f64, saturation: f64, lightness: f64) -> Color {
    let lightness = lightness.clamp(0.05, 0.95);
    let chroma = (1.0 - (2.0 * lightness - 1.0).abs()) * saturation;
    let part = |offset: f64| {
        let turn = (hue + offset).rem_euclid(1.0) * 6.0;
        let height = (2.0 - (turn - 3.0).abs()).clamp(0.0, 1.0);
        single((lightness - chroma / 2.0 + chroma * (1.0 - height)).clamp(0.0, 1.0))
    };
    Color::from_rgba(part(0.0), part(2.0 / 3.0), part(1.0 / 3.0), 1.0).unwrap_or(Color::BLACK)
}

#[expect(clippy::cast_possible_truncation, reason = "coordinates of a small picture")]
fn single(value: f64) -> f32 {
    value as f32
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "cut to the range of a byte")]
fn byte(value: f64) -> u8 {
    value.round().clamp(0.0, 255.0) as u8
}
