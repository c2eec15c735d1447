//! Writes LibTorch's folder into the program, so that the built binary runs from any folder.

fn main() {
    println!("cargo:rerun-if-env-changed=LIBTORCH");
    println!("cargo:rerun-if-changed=build.rs");
    if let Some(libtorch) = std::env::var_os("LIBTORCH") {
        let library = std::path::Path::new(&libtorch).join("lib");
        println!("cargo:rustc-link-arg=-Wl,-rpath,{}", library.display());
        println!("cargo:rustc-env=NEARMISS_LIBTORCH={}", std::path::Path::new(&libtorch).display());
    }
}
