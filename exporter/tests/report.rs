//! The report: stands alone, shows what it is given, refuses what contradicts itself.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

use exporter::report::*;

fn series(points: &[(f64, f64)]) -> Series {
    Series {
        name: "fan duty".to_owned(),
        points: points.to_vec(),
        shape: Shape::Step,
    }
}

fn plot(series: Series) -> Plot {
    Plot {
        title: "Fan".to_owned(),
        unit: "%".to_owned(),
        series: vec![series],
        marks: Vec::new(),
    }
}

fn report() -> Report {
    Report {
        title: "thermal".to_owned(),
        subtitle: "60 s of virtual time, seed 0".to_owned(),
        figures: vec![Figure {
            name: "Frames".to_owned(),
            value: "1,200".to_owned(),
        }],
        findings: vec![Finding {
            severity: Severity::Warning,
            code: "unconnected".to_owned(),
            message: "port `x` is open".to_owned(),
            help: Some("connect it".to_owned()),
        }],
        plots: vec![plot(series(&[(0.0, 0.0), (1.0, 50.0), (2.0, 25.0)]))],
        loads: vec![Load {
            name: "climate".to_owned(),
            percent: 12.5,
            detail: "7.5 s of 60 s".to_owned(),
        }],
        tables: vec![Table {
            title: "Frames".to_owned(),
            columns: vec![
                Column {
                    name: "Id".to_owned(),
                    align: Align::Code,
                },
                Column {
                    name: "Count".to_owned(),
                    align: Align::End,
                },
            ],
            rows: vec![vec!["0x120".to_owned(), "600".to_owned()]],
        }],
        chapters: Vec::new(),
        footer: vec![("Trace hash".to_owned(), "ab12".to_owned())],
    }
}

/// The one curve of a report with this plot.
fn curve(plot: Plot) -> String {
    let page = html(&Report {
        plots: vec![plot],
        ..Report::default()
    })
    .unwrap();
    let (_, rest) = page.split_once("class=\"curve s0\" d=\"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

#[test]
fn it_shows_what_it_is_given_and_stands_alone() {
    let page = html(&report()).unwrap();
    for part in [
        "thermal",
        "1,200",
        "port <code>x</code> is open",
        "Fan [%]",
        "12.50 %",
        "0x120",
        "ab12",
    ] {
        assert!(page.contains(part), "{part}");
    }
    for outside in ["http", "src=", "url(", "@import", "<link", "<script"] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(page.contains("prefers-color-scheme: dark"));
}

#[test]
fn a_value_holds_until_the_next_and_the_curve_reaches_the_end() {
    assert_eq!(
        curve(plot(series(&[(0.0, 0.0), (1.0, 50.0), (2.0, 25.0)]))),
        "M62 230H525V12H988V121H988"
    );
}

#[test]
fn a_line_is_straight() {
    let line = Series {
        shape: Shape::Line,
        ..series(&[(0.0, 0.0), (2.0, 50.0)])
    };
    assert_eq!(curve(plot(line)), "M62 230L988 12");
}

#[test]
fn what_is_no_number_is_a_gap() {
    let gap = series(&[(0.0, 1.0), (1.0, f64::NAN), (2.0, 2.0)]);
    assert_eq!(curve(plot(gap)).matches('M').count(), 2);
}

#[test]
fn a_plot_without_values_says_so() {
    let page = html(&Report {
        plots: vec![plot(series(&[]))],
        ..Report::default()
    })
    .unwrap();
    assert!(page.contains("No values."));
}

#[test]
fn a_constant_has_an_axis() {
    assert_eq!(curve(plot(series(&[(3.0, 7.0)]))), "M525 121H988");
}

#[test]
fn a_long_series_is_thinned_and_keeps_its_peak() {
    let mut points: Vec<(f64, f64)> = (0..100_000)
        .map(|at| (f64::from(at) / 1000.0, 1.0))
        .collect();
    points[77_777].1 = 99.0;
    let curve = curve(plot(series(&points)));
    assert!(curve.len() < 40_000, "{}", curve.len());
    let page = html(&Report {
        plots: vec![plot(series(&points))],
        ..Report::default()
    })
    .unwrap();
    assert!(
        curve.contains('V') && page.contains("99"),
        "the peak is gone"
    );
}

#[test]
fn names_are_text_and_never_markup() {
    let hostile = Report {
        title: "<script>alert('x')</script>&\u{1}".to_owned(),
        ..Report::default()
    };
    let page = html(&hostile).unwrap();
    assert!(!page.contains("<script>"));
    assert!(page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;\u{fffd}"));
}

#[test]
fn a_row_of_another_width() {
    let mut report = report();
    report.tables[0].rows.push(vec!["0x121".to_owned()]);
    assert_eq!(
        html(&report).unwrap_err().to_string(),
        "row 2 of table `Frames` has 1 cells for 2 columns; fill or cut it"
    );
}

#[test]
fn a_series_that_goes_back_in_time() {
    let report = Report {
        plots: vec![plot(series(&[(0.0, 1.0), (2.0, 1.0), (1.0, 1.0)]))],
        ..Report::default()
    };
    assert_eq!(
        html(&report).unwrap_err().to_string(),
        "series `fan duty` of plot `Fan` goes back in time at point 3; sort it by time"
    );
}

#[test]
fn a_chapter_has_all_of_its_own_and_marks_where_something_failed() {
    let limit = Series {
        name: "upper limit".to_owned(),
        points: vec![(0.0, 40.0), (2.0, 40.0)],
        shape: Shape::Limit,
    };
    let mut plot = plot(series(&[(0.0, 0.0), (1.0, 50.0), (2.0, 25.0)]));
    plot.series.push(limit);
    plot.marks.push(Mark {
        at: 1.0,
        name: "too <much>".to_owned(),
    });
    let chapter = Chapter {
        title: "a cabin in the sun".to_owned(),
        subtitle: "failed".to_owned(),
        findings: report().findings,
        plots: vec![plot],
        tables: report().tables,
    };
    let page = html(&Report {
        title: "Scenarios".to_owned(),
        chapters: vec![chapter],
        ..Report::default()
    })
    .unwrap();
    for part in [
        "<section class=\"chapter\">\n<h2>a cabin in the sun</h2>",
        "class=\"curve limit\" d=\"M62 ",
        "<g><title>too &lt;much&gt;</title><line class=\"mark\" x1=\"525\"",
        "<li class=\"failed\">▼ too &lt;much&gt;</li>",
        "port <code>x</code> is open",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    let mut wrong = report().plots;
    wrong[0].series[0].points.reverse();
    let backwards = Report {
        chapters: vec![Chapter {
            plots: wrong,
            ..Chapter::default()
        }],
        ..Report::default()
    };
    assert!(matches!(
        html(&backwards),
        Err(ReportError::Backwards { .. })
    ));
}
