#![no_main]

nearmiss_fuzz::target!("npy");
