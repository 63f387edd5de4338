//! Which page is where, and how all of them are served.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::pages::{
    account, address_link, applications, contact, forgot, groups, link, not_me, outbox, people, person, sign_in, strength, trail,
};
use super::site::{SharedSite, Site};
use super::visit::cookies::CookieName;
use super::visit::error::PageFault;
use super::visit::query::Query;
use super::visit::request::Visit;
use super::visit::{guard, paths};
use super::wire::listener::{self, Door};
use crate::admission::Admission;
use crate::domain::language::Language;
use crate::secret::Secret;

/// Serves `pages` on `listener` until `stop`; requests under way are finished.
pub async fn serve(pages: Arc<Site>, listener: TcpListener, stop: CancellationToken) {
    let (total, per_source) = pages.settings.connections;
    let door = Door {
        admission: Admission::new(total, per_source),
        tls: pages.settings.tls.clone(),
        proxies: pages.proxies.clone(),
        proxy_protocol: pages.settings.proxy_protocol,
        metrics: Arc::clone(&pages.metrics),
    };
    listener::serve(Arc::new(door), listener, router(pages), stop).await;
}

/// Every page with its place.
fn router(pages: SharedSite) -> Router {
    let mut router = Router::new()
        .merge(sign_in::routes())
        .merge(account::routes())
        .merge(address_link::routes())
        .merge(applications::routes())
        .merge(trail::routes())
        .merge(contact::routes())
        .merge(forgot::routes())
        .merge(link::routes())
        .merge(not_me::routes())
        .merge(strength::routes())
        .merge(people::routes())
        .merge(outbox::routes())
        .merge(person::routes())
        .merge(groups::routes())
        .route(paths::LANGUAGE, get(choose_language))
        .route(paths::HEALTH, get(health));
    for asset in pages.assets.all().cloned() {
        let path = asset.path.clone();
        router = router.route(&path, get(move || std::future::ready(asset.serve())));
    }
    router
        .fallback(|| std::future::ready(PageFault::NotFound))
        .method_not_allowed_fallback(|| std::future::ready(PageFault::Method))
        .layer(middleware::from_fn_with_state(Arc::clone(&pages), guard::guard))
        .with_state(pages)
}

/// Whether the pages can be served, for who balances load: no more than yes or no, since everybody may ask. Nothing of
/// mails: that one waits would tell that the account somebody asked for exists.
async fn health(State(pages): State<SharedSite>) -> Response {
    let good = pages.health.borrow().can_serve();
    let (status, text) = if good { (StatusCode::OK, "ok\n") } else { (StatusCode::SERVICE_UNAVAILABLE, "down\n") };
    (status, text).into_response()
}

/// The choice of a language, and back to the page that it was made on.
async fn choose_language(mut visit: Visit, query: Query) -> Response {
    if let Some(language) = Language::of_tag(query.text("to")) {
        visit.keep(CookieName::Language, &Secret::new(language.tag()));
    }
    // One of our own pages, or none: whoever made the link shall not say where it ends.
    let back = query.text("back");
    visit.go(if paths::is_ours(back) { back } else { paths::ROOT })
}
