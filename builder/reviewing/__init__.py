"""`qagen review`: records judged beside their source, on a page that only this machine can reach.

    desk        the dataset, the decisions and the papers together: what is shown of a pair, and what is decided about it
    sources     the places of a pair: their texts, evidence and pages
    passage     a chunk's text with the evidence marked, and what the checks object to
    exchange    decisions to and from the tools of others
    numbers     how far a review is, its precision, and how far people agree
    guard       who may read and write: host, token, cookie, origin; what a browser may do with a page
    app         the pages, made on the server
    serve       the server on the loopback interface

`desk` and `exchange` need nothing besides qagen itself; `guard`, `app` and `serve` need the extra `review`.
"""
