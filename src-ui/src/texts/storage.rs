//! Words about space on the tablet and where a photo's original is.

use stackside_core::command::FileCount;
use stackside_core::photo::Original;
use stackside_core::storage::{Room, Storage};

use super::{bytes, pick, texts};
use crate::components::tone::Tone;

texts! {
    STORAGE: "存储空间", "Storage";
    FREE: "剩余空间", "Free";
    ORIGINALS: "本机照片和文件", "Photos and files here";
    UNSENT: "其中待上传（不会清理）", "To be sent (they stay)";
    ORIGINAL_HASH: "原图 SHA-256", "Original's SHA-256";
    NO_PICTURE: "这张照片的画面读不出来；原图照常保存和上传。", "Its pixels cannot be read; the original is kept and sent as it is.";
    OPEN_PHOTO: "看大图", "Open the photo";
    GONE: "已上传并清理的原图", "Sent originals that gave way";
}

/// How many files and their bytes; nothing for none.
pub fn file_count(count: FileCount) -> Option<String> {
    let FileCount { files, bytes: size } = count;
    (files > 0).then(|| pick(format!("{files} 个，{}", bytes(size)), format!("{files}, {}", bytes(size))))
}

/// What there is room for, and the way out where it is short.
pub fn room(storage: &Storage) -> String {
    let free = bytes(storage.free_bytes);
    match storage.room() {
        Room::Enough => pick("空间够用。", "There is enough space.").to_owned(),
        Room::Short { photos } => pick(
            format!(
                "空间紧张：剩余 {free}，还能拍约 {photos} 张。请尽快连网上传；上传满 30 天的原图会自动清理。"
            ),
            format!(
                "Space is short: {free} left, for some {photos} photos. Let the photos go out; originals that were sent 30 days ago give way by themselves."
            ),
        ),
        Room::None => no_room(storage.free_bytes, storage.photo_needs_bytes()),
    }
}

/// Why no photo is taken: what is free, what is needed, the way out.
pub fn no_room(free_bytes: u64, needed_bytes: u64) -> String {
    let (free, needed) = (bytes(free_bytes), bytes(needed_bytes));
    pick(
        format!(
            "空间不足，暂时不能拍照：剩余 {free}，需要 {needed}。文字照常填写和保存。请连网把照片传完，或删除平板上的视频、下载等文件，再重试。"
        ),
        format!(
            "There is no space for photos: {free} left, {needed} needed. Text is kept as always. Let the photos go out, or delete videos and downloads from the tablet, then try again."
        ),
    )
}

/// As [`original`], and that the thumbnail is all that is here.
pub fn original_told(place: Original, is_marked: bool) -> Option<String> {
    let thumbnail = if is_marked { "" } else { pick("，本机只留缩略图", "; here is the thumbnail") };
    original(place).map(|place| format!("{place}{thumbnail}"))
}

/// How that stands.
pub fn original_tone(place: Original) -> Tone {
    if place == Original::Lost { Tone::Bad } else { Tone::Idle }
}

/// Where the original is, unless it is here.
pub fn original(original: Original) -> Option<&'static str> {
    match original {
        Original::Here => None,
        Original::Uploaded => Some(pick("原图已上传", "Original sent")),
        Original::Lost => Some(pick("平台丢失了原图", "The server lost the original")),
    }
}
