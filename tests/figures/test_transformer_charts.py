"""Charts of a Transformer's parts: which cells are marked, which numbers are drawn."""

from __future__ import annotations

import numpy as np

from viz_core.figures import transformer_charts as charts


def test_layer_norm_marks_a_row_and_batch_norm_a_column() -> None:
    figure = charts.shared_statistics([("a", "b", "c"), ("d",)], 20, (1, 4))
    layer, batch = np.array(figure.data[0].z), np.array(figure.data[1].z)
    assert layer.shape == (3, charts.FEATURES)
    assert layer[1].tolist() == [2, 2, 2, 2, 3] + [2] * 7 and not layer[[0, 2]].any()
    assert batch[:, 4].tolist() == [2, 3, 2] and not np.delete(batch, 4, axis=1).any()
    other_layer, other_batch = np.array(figure.data[2].z), np.array(figure.data[3].z)
    assert not other_layer[0].any() and (other_layer[1:] == 1).all(), "padding is marked, another sentence shares nothing"
    assert other_batch[0].tolist() == [0, 0, 0, 0, 2] + [0] * 7 and (other_batch[1:] == 1).all()


def test_a_feature_beyond_the_first_is_in_the_window() -> None:
    figure = charts.shared_statistics([("a",)], 160, (0, 159))
    assert 159 in list(figure.data[0].x) and len(figure.data[0].x) == charts.FEATURES
    assert (np.array(figure.data[0].z) == 3).sum() == 1


def test_the_matrix_names_its_wavelengths() -> None:
    matrix, waves = np.zeros((6, 8)), np.array([6.3, 6.3, 63, 63, 630, 630, 6300, 6300])
    figure = charts.position_matrix(matrix, waves, np.eye(6))
    assert "6,300" in figure.layout.xaxis.ticktext[-1]
    assert np.array(figure.data[0].customdata)[5, 2] == 63


def test_bars_with_and_without() -> None:
    figure = charts.permutation(["x", "<b>y</b>"], {"with": np.array([0.5, 0.2]), "without": np.array([0.0, 1e-7])})
    assert [list(bar.y) for bar in figure.data] == [[0.5, 0.2], [0.0, 1e-7]]
    assert figure.layout.xaxis.ticktext[1] == "&lt;b&gt;y&lt;/b&gt;"


def test_scale_and_company_draw_what_they_are_given() -> None:
    ones = np.ones(2)
    scale = charts.embedding_scale(["a", "b"], {"e": ones, "f": 2 * ones, "p": 3 * ones, "s": 4 * ones}, {"no": -0.3 * ones, "yes": ones})
    assert [trace.y[0] for trace in scale.data] == [1, 2, 3, 4, -0.3, 1]
    assert scale.layout.yaxis2.range[0] < -0.3, "a word may point away from its sum with the position"
    company = charts.company(["a", "b"], (ones, ones), (ones, 2 * ones))
    assert [trace.y[0] for trace in company.data] == [1, 1, 1, 2]
