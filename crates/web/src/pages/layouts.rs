//! How papers look: a page of the administrator. A layout is printed with a sample before it is in force.

use askama::Template;
use axum::http::StatusCode;
use cunyi_app::Layout;
use cunyi_app::views::LayoutView;
use cunyi_domain::refusal::Code;

use crate::chrome::Chrome;
use crate::fault::{Answer, Fault, html, status, words};
use crate::layout::{self, accept, built_in};
use crate::session::{Posted, Signed};

/// A layout that was refused, as it was typed.
pub(crate) struct Refused {
    pub(crate) layout: Layout,
    pub(crate) text: String,
    pub(crate) problem: String,
}

#[derive(Template)]
#[template(path = "layouts.html")]
pub(crate) struct LayoutsPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) layouts: &'a [LayoutView],
    pub(crate) refused: Option<Refused>,
}

impl LayoutsPage<'_> {
    /// What was wrong with this one; empty where nothing was.
    fn problem(&self, of: &LayoutView) -> &str {
        self.typed(of).map_or("", |refused| &refused.problem)
    }

    /// What was typed, or what is in force.
    fn text<'a>(&'a self, of: &'a LayoutView) -> &'a str {
        match (self.typed(of), &of.own) {
            (Some(refused), _) => &refused.text,
            (None, Some(own)) => own,
            (None, None) => built_in(of.layout),
        }
    }

    fn typed(&self, of: &LayoutView) -> Option<&Refused> {
        self.refused
            .as_ref()
            .filter(|refused| refused.layout == of.layout)
    }

    fn title(&self, of: &LayoutView) -> String {
        self.c.t(layout::title(of.layout))
    }

    /// What the paper has to show.
    fn obliged(&self, of: &LayoutView) -> String {
        let keys = layout::obliged(of.layout);
        keys.map(|key| self.c.t(key)).collect::<Vec<_>>().join("、")
    }
}

/// `GET /layouts`
pub(crate) async fn page(by: Signed) -> Answer {
    show(&by, StatusCode::OK, None).await
}

async fn show(by: &Signed, status: StatusCode, refused: Option<Refused>) -> Answer {
    let layouts = by.call(cunyi_app::App::layouts).await?;
    let page = LayoutsPage {
        c: &by.chrome,
        layouts: &layouts,
        refused,
    };
    Ok(html(status, &page))
}

/// `POST /layouts`: puts a text in force, or the program's own again.
pub(crate) async fn set(Posted { by, form, .. }: Posted) -> Answer {
    let named = Layout::ALL
        .iter()
        .find(|l| l.as_str() == form.get("layout"));
    let layout = *named.ok_or_else(|| Fault::refused(&by.chrome, Code::NotFound))?;
    let back = form.get("then") == "built-in";
    // A form sends the ends of lines as CR LF.
    let text = form.get("layout_text").replace("\r\n", "\n");
    let back = back || text == built_in(layout);
    let typed = text.clone();
    let done = by.ask(move |app, actor| {
        let text = if back { "" } else { &text };
        match if back { Ok(()) } else { accept(layout, text) } {
            Ok(()) => app.set_layout(actor, layout, text).map(Ok),
            Err(wrong) => Ok(Err(wrong)),
        }
    });
    let problem = match done.await {
        Ok(Ok(())) => return Ok(super::to("/layouts")),
        Ok(Err(wrong)) => wrong.words(&by.chrome),
        Err(error) => match status(&error) {
            StatusCode::UNPROCESSABLE_ENTITY | StatusCode::PAYLOAD_TOO_LARGE => {
                words(&by.chrome, &error)
            }
            _ => return Err(Fault::new(&by.chrome, error)),
        },
    };
    let refused = Refused {
        layout,
        text: typed,
        problem,
    };
    show(&by, StatusCode::UNPROCESSABLE_ENTITY, Some(refused)).await
}
