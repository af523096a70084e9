//! Line icons; always beside a word or with an accessible name.

use leptos::prelude::*;

macro_rules! icons {
    ($($name:ident = $path:literal),+ $(,)?) => {
        /// What an icon shows.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Icon { $($name),+ }
        impl Icon {
            fn path(self) -> &'static str {
                match self { $(Self::$name => $path),+ }
            }
        }
    };
}
icons! {
    Today = r#"<path d="M4 6h16M4 12h10M4 18h7"/><circle cx="18" cy="16" r="4"/><path d="M18 14v2l1.5 1"/>"#,
    Site = r#"<path d="M12 21s-7-6.1-7-11a7 7 0 0 1 14 0c0 4.9-7 11-7 11z"/><circle cx="12" cy="10" r="2.5"/>"#,
    Book = r#"<path d="M5 4h11a3 3 0 0 1 3 3v13H8a3 3 0 0 1-3-3z"/><path d="M9 9h6M9 13h6"/>"#,
    Sync = r#"<path d="M20 8a8 8 0 0 0-14.5-2M4 4v4h4M4 16a8 8 0 0 0 14.5 2M20 20v-4h-4"/>"#,
    Gear = r#"<circle cx="12" cy="12" r="3"/><path d="M12 3v3M12 18v3M3 12h3M18 12h3M5.600 5.600l2.100 2.100M16.300 16.300l2.100 2.100M18.400 5.600l-2.100 2.100M7.700 16.300l-2.100 2.100"/>"#,
    Offline = r#"<path d="M3 3l18 18M8.500 16.5a5 5 0 0 1 7 0M5 12.900a10 10 0 0 1 4-2.5M19 12.900a10 10 0 0 0-5-2.800M2 8.800a15 15 0 0 1 4.200-2.700M22 8.800a15 15 0 0 0-11.300-3.700M12 20h.01"/>"#,
    Warn = r#"<path d="M12 4l9 16H3z"/><path d="M12 10v4M12 17h.01"/>"#,
    Clock = r#"<circle cx="12" cy="12" r="8.500"/><path d="M12 7.500V12l3 2"/>"#,
    Check = r#"<path d="M5 12.5l4.500 4.500L19 7.500"/>"#,
    Chart = r#"<path d="M4 19V5M4 19h16"/><path d="M7 15l4-5 3 3 5-7"/>"#,
    List = r#"<path d="M9 6h11M9 12h11M9 18h11M4 6h.01M4 12h.01M4 18h.01"/>"#,
    Drop = r#"<path d="M12 3s6 6.500 6 11a6 6 0 0 1-12 0c0-4.500 6-11 6-11z"/>"#,
    Camera = r#"<path d="M4 8h3l2-3h6l2 3h3v11H4z"/><circle cx="12" cy="13" r="3.500"/>"#,
    Pen = r#"<path d="M4 20l4-1L19 8l-3-3L5 16z"/>"#,
    Person = r#"<circle cx="12" cy="8" r="4"/><path d="M4 21c1-4 4-6 8-6s7 2 8 6"/>"#,
    Door = r#"<path d="M14 4h5v16h-5M3 12h11M10 8l4 4-4 4"/>"#,
    Logo = r#"<path d="M8 21V7l8-4v18M4 21h16"/><path d="M11 9h2M11 13h2M11 17h2"/>"#,
    Bottle = r#"<path d="M10 3h4v3l2 3v12H8V9l2-3z"/><path d="M8 13h8"/>"#,
    Back = r#"<path d="M15 5l-7 7 7 7"/>"#,
    Right = r#"<path d="M9 5l7 7-7 7"/>"#,
    Lock = r#"<rect x="5" y="11" width="14" height="9" rx="2"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>"#,
    Cross = r#"<path d="M6 6l12 12M18 6L6 18"/>"#,
    Torch = r#"<path d="M8 3h8v4l-2 3v11h-4V10L8 7zM12 13v2"/>"#,
    Search = r#"<circle cx="11" cy="11" r="6.5"/><path d="M16 16l4.5 4.5"/>"#,
    Erase = r#"<path d="M9 5h12v14H9l-6-7zM12 9l6 6M18 9l-6 6"/>"#,
}

/// Draws an icon; hidden from screen readers, for words stand beside it.
#[component]
pub fn Glyph(icon: Icon) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round"
            stroke-linejoin="round" aria-hidden="true" inner_html=icon.path()></svg>
    }
}
