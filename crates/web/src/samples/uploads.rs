//! Records that have not arrived.

use cunyi_app::views::UploadView;
use cunyi_domain::ids::VisitId;

use super::{HOSTILE, now};

pub fn uploads() -> Vec<UploadView> {
    let upload = |manual| UploadView {
        visit: VisitId::from("V1"),
        number: "00202611240001".to_owned(),
        name: HOSTILE.to_owned(),
        finished_at: now(),
        attempts: 6,
        manual,
        next_at: now(),
        said: HOSTILE.to_owned(),
    };
    vec![upload(true), upload(false)]
}
