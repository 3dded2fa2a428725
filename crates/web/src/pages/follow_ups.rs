//! 随访到期: whom to call.

use std::collections::BTreeMap;

use askama::Template;
use axum::http::StatusCode;
use cunyi_app::views::{DueView, EndedView, UnfollowedView};
use cunyi_app::{App, MOST_CALLED};
use cunyi_domain::time::Moment;
use cunyi_domain::time::civil::Date;

use crate::chrome::Chrome;
use crate::fault::{Answer, html};
use crate::session::Signed;

/// So many days before it is due a patient stands on the list.
const AHEAD: u64 = 7;

#[derive(Template)]
#[template(path = "follow_ups.html")]
pub(crate) struct FollowUpsPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) due: &'a [DueView],
    pub(crate) never: &'a [UnfollowedView],
    pub(crate) ended: &'a [EndedView],
    pub(crate) up_to: Date,
}

impl FollowUpsPage<'_> {
    /// How many a list has at most, where it may have left somebody out.
    fn cut(&self) -> Option<u16> {
        let mut never: BTreeMap<&str, usize> = BTreeMap::new();
        for one in self.never {
            *never.entry(&one.form.id).or_default() += 1;
        }
        let lengths = never
            .into_values()
            .chain([self.due.len(), self.ended.len()]);
        let longest = lengths.max().unwrap_or_default();
        (longest >= usize::from(MOST_CALLED)).then_some(MOST_CALLED)
    }
}

/// `GET /follow-ups`
pub(crate) async fn page(by: Signed) -> Answer {
    let soon = std::time::Duration::from_hours(24 * AHEAD);
    let up_to = Moment::plus(by.chrome.now, soon).date();
    let due = by.call(move |app, actor| app.follow_ups_due(actor, up_to));
    let due = due.await?;
    let never = by.call(App::never_followed).await?;
    let ended = by.call(App::ended_follow_ups).await?;
    let page = FollowUpsPage {
        c: &by.chrome,
        due: &due,
        never: &never,
        ended: &ended,
        up_to,
    };
    Ok(html(StatusCode::OK, &page))
}
