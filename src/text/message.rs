//! What a message is made of: the placeholders it has, and whether it is made of text and placeholders alone.

use std::collections::BTreeSet;

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Message, Pattern, PatternElement};

/// The messages among `entries`.
pub fn messages<'a>(entries: impl Iterator<Item = &'a Entry<&'a str>>) -> impl Iterator<Item = &'a Message<&'a str>> {
    entries.filter_map(|entry| match entry {
        Entry::Message(message) => Some(message),
        Entry::Term(_) | Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) | Entry::Junk { .. } => None,
    })
}

/// The names of the placeholders of `message`; none if there is more in it than text, placeholders, and variants by
/// number: attributes, functions, other messages.
pub fn placeholders<'a>(message: &Message<&'a str>) -> Option<BTreeSet<&'a str>> {
    let mut found = BTreeSet::new();
    let plain = message.attributes.is_empty() && message.value.as_ref().is_some_and(|pattern| in_pattern(pattern, &mut found));
    plain.then_some(found)
}

fn in_pattern<'a>(pattern: &Pattern<&'a str>, found: &mut BTreeSet<&'a str>) -> bool {
    pattern.elements.iter().all(|element| match element {
        PatternElement::TextElement { .. } => true,
        PatternElement::Placeable { expression } => in_expression(expression, found),
    })
}

fn in_expression<'a>(expression: &Expression<&'a str>, found: &mut BTreeSet<&'a str>) -> bool {
    match expression {
        Expression::Inline(inline) => in_inline(inline, found),
        Expression::Select { selector, variants } => {
            in_inline(selector, found) && variants.iter().all(|variant| in_pattern(&variant.value, found))
        }
    }
}

fn in_inline<'a>(inline: &InlineExpression<&'a str>, found: &mut BTreeSet<&'a str>) -> bool {
    match inline {
        InlineExpression::StringLiteral { .. } | InlineExpression::NumberLiteral { .. } => true,
        InlineExpression::VariableReference { id } => {
            found.insert(id.name);
            true
        }
        InlineExpression::Placeable { expression } => in_expression(expression, found),
        InlineExpression::FunctionReference { .. } | InlineExpression::MessageReference { .. } | InlineExpression::TermReference { .. } => {
            false
        }
    }
}
