//! What saves a doctor typing: how she ordered a drug last, what she uses most, her templates.

use cunyi_domain::ids::{ClinicId, TemplateId, UserId};
use cunyi_domain::row::{Field, Value};

use crate::local::{Habit, Template};
use crate::{StoreError, Tx};

/// Counts a use. `learns`: how it was ordered this time is how it is proposed next time.
pub fn used(tx: &mut Tx<'_>, habit: Habit, learns: bool) -> Result<(), StoreError> {
    let order = if learns {
        ", dose = excluded.dose, route = excluded.route, frequency = excluded.frequency, days = excluded.days"
    } else {
        ""
    };
    let values = vec![
        habit.clinic.into_value(),
        habit.doctor.into_value(),
        habit.code.into_value(),
        habit.dose.into_value(),
        habit.route.into_value(),
        habit.frequency.into_value(),
        habit.days.into_value(),
        habit.used_at.into_value(),
    ];
    let sql = format!(
        "INSERT INTO habit (clinic, doctor, code, times, dose, route, frequency, days, used_at) \
         VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?) \
         ON CONFLICT (clinic, doctor, code) DO UPDATE SET \
           times = habit.times + 1, used_at = excluded.used_at{order}"
    );
    tx.execute(&sql, values)?;
    Ok(())
}

/// A doctor's habits with these codes.
pub fn habits(
    tx: &mut Tx<'_>,
    (clinic, doctor): (&ClinicId, &UserId),
    codes: &[String],
) -> Result<Vec<Habit>, StoreError> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let places = vec!["?"; codes.len()].join(", ");
    let mut values = of(clinic, doctor);
    values.extend(codes.iter().map(|code| code.clone().into_value()));
    let rest = format!("WHERE clinic = ? AND doctor = ? AND code IN ({places})");
    Ok(tx.select(&rest, values)?)
}

/// What a doctor uses most, most first.
pub fn favourites(
    tx: &mut Tx<'_>,
    (clinic, doctor): (&ClinicId, &UserId),
    most: i64,
) -> Result<Vec<Habit>, StoreError> {
    let mut values = of(clinic, doctor);
    values.push(Value::Int(most));
    let rest = "WHERE clinic = ? AND doctor = ? ORDER BY times DESC, code LIMIT ?";
    Ok(tx.select(rest, values)?)
}

/// The templates that a doctor may use: hers and the clinic's, oldest first, so many.
pub fn templates(
    tx: &mut Tx<'_>,
    (clinic, doctor): (&ClinicId, &UserId),
    most: i64,
) -> Result<Vec<Template>, StoreError> {
    let mut values = of(clinic, doctor);
    values.push(Value::Int(most));
    let rest = "WHERE clinic = ? AND (owner IS NULL OR owner = ?) ORDER BY id LIMIT ?";
    Ok(tx.select(rest, values)?)
}

/// The templates of a clinic that are every doctor's, oldest first, so many.
pub fn shared_templates(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    most: i64,
) -> Result<Vec<Template>, StoreError> {
    let rest = "WHERE clinic = ? AND owner IS NULL ORDER BY id LIMIT ?";
    let values = vec![clinic.clone().into_value(), Value::Int(most)];
    Ok(tx.select(rest, values)?)
}

/// Removes what was read of the township's file.
pub fn drop_township(tx: &mut Tx<'_>, clinic: &ClinicId) -> Result<(), StoreError> {
    let values = vec![clinic.clone().into_value()];
    tx.execute(
        "DELETE FROM template WHERE clinic = ? AND township = 1",
        values,
    )?;
    Ok(())
}

/// Removes a template.
pub fn drop_template(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    template: &TemplateId,
) -> Result<(), StoreError> {
    let values = vec![clinic.clone().into_value(), template.clone().into_value()];
    tx.execute("DELETE FROM template WHERE clinic = ? AND id = ?", values)?;
    Ok(())
}

fn of(clinic: &ClinicId, doctor: &UserId) -> Vec<Value> {
    vec![clinic.clone().into_value(), doctor.clone().into_value()]
}
