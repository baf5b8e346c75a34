//! GitHub: the event of a run, and a client of its API. tokio and octocrab live here.
