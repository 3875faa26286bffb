//! Where wires are drawn: what is shown, and the project that it is a part of. Rules judge a wire by
//! what its ends are in the flat system, which reaches beyond what is shown.

use crate::{document::*, hierarchy, library::Library};

/// A document on which a wire is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Sheet<'a> {
    /// What is shown, perhaps with something in it that is only tried.
    pub document: &'a Document,
    pub library: &'a Library,
    /// The project, and the composition in it that is shown.
    pub(crate) whole: Option<(&'a Document, Option<ComponentId>)>,
}

impl<'a> Sheet<'a> {
    /// A document that is no part of another one.
    pub fn new(document: &'a Document, library: &'a Library) -> Sheet<'a> {
        Sheet {
            document,
            library,
            whole: None,
        }
    }

    /// What [`hierarchy::view`] shows of a project, with a library that has [`hierarchy::types`].
    pub fn within(
        project: &'a Document,
        scope: Option<ComponentId>,
        shown: &'a Document,
        library: &'a Library,
    ) -> Sheet<'a> {
        Sheet {
            document: shown,
            library,
            whole: Some((project, scope)),
        }
    }

    /// The same place with something else standing there.
    pub fn with<'b>(&self, document: &'b Document) -> Sheet<'b>
    where
        'a: 'b,
    {
        Sheet { document, ..*self }
    }

    /// The composition that is shown; `None`: the system.
    pub(crate) fn scope(&self) -> Option<ComponentId> {
        self.whole.and_then(|(_, scope)| scope)
    }

    /// The project with what stands here; `None`: there are no compositions.
    pub(crate) fn project(&self) -> Option<Document> {
        let (project, scope) = self.whole?;
        let has_hierarchy = project.has_compositions();
        has_hierarchy.then(|| hierarchy::whole(project, scope, self.document))
    }
}
