//! What is wrong with a form that was sent. `pieces.html` says it at the head of the page (`summary`) and beside each
//! field.

/// What is wrong with a field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormProblem {
    /// The field; empty: it is the form as a whole.
    pub field: &'static str,
    /// What is wrong, and what to do.
    pub text: String,
}

/// All that is wrong with a form, in the order of its fields; mostly nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(Vec<FormProblem>);

impl Problems {
    /// Nothing is.
    pub fn none() -> Problems {
        Problems::default()
    }

    /// One thing is.
    pub fn one(field: &'static str, text: String) -> Problems {
        Problems(vec![FormProblem { field, text }])
    }

    /// And this.
    pub fn add(&mut self, field: &'static str, text: String) {
        self.0.push(FormProblem { field, text });
    }

    /// What is wrong with `field`.
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|problem| problem.field == field).map(|problem| problem.text.as_str())
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each of them.
    pub fn all(&self) -> &[FormProblem] {
        &self.0
    }
}
