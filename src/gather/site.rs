//! Where a run reads from: a folder or repository here, or one on the platform.

use super::{GatherError, Gathered, Head, Hosted, Place, Progress, Request, local_with};
use crate::plan::Plan;
use crate::policy::Files;
use std::sync::Arc;

/// Where a run reads from.
#[derive(Debug)]
pub enum Site {
    /// Here.
    Here(Box<Place>),
    /// On the platform, without a checkout.
    Hosted(Hosted),
}

impl Site {
    /// Everything that the plan asks for. On the platform the commits are those that it was opened with.
    pub fn gather(
        &self,
        plan: &Plan,
        request: &Request,
        progress: &Arc<Progress>,
    ) -> Result<Gathered, GatherError> {
        match self {
            Self::Here(place) => local_with(plan, place, request, progress),
            Self::Hosted(hosted) => hosted.gather(plan, progress),
        }
    }

    /// The id of the merge base, where it can be known.
    pub fn merge_base(&self, request: &Request) -> Option<String> {
        match self {
            Self::Here(place) => place.merge_base(request),
            Self::Hosted(hosted) => Some(hosted.merge_base().to_owned()),
        }
    }

    /// The files of a commit, to read a policy from.
    pub fn files_at(&self, revision: &str) -> Result<Box<dyn Files>, GatherError> {
        match self {
            Self::Here(place) => Ok(Box::new(place.files_at(revision)?)),
            Self::Hosted(hosted) => Ok(Box::new(hosted.files_at(revision))),
        }
    }

    /// The files of what is judged, to read a policy from.
    pub fn files(&self, head: &Head) -> Result<Box<dyn Files>, GatherError> {
        match (self, head) {
            (Self::Hosted(hosted), _) => Ok(Box::new(hosted.files_at(hosted.head()))),
            (Self::Here(place), Head::WorkTree) => Ok(Box::new(place.files()?)),
            (Self::Here(place), Head::Revision(revision)) => Ok(Box::new(place.files_at(revision)?)),
        }
    }
}
